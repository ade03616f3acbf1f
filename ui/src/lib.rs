//! The kiosk's pages, components, theme, translations and fonts
