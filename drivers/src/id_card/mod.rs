//! Id-card readers: the SAM protocol of GA/T 467.
