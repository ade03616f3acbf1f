//! Service items, form rules and working-day clocks of a city, pure
