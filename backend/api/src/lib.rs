//! The contract between kiosks and the city: requests, packets, acknowledgements, OpenAPI
