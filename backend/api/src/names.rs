//! Closed lists by name: for columns, logs and pages, where there is no JSON.

/// Gives a closed enum `ALL`, `name` and `parse`. A variant without a name does not compile.
#[macro_export]
macro_rules! names {
    ($vis:vis $name:ident $($variant:ident = $text:literal,)+) => {
        impl $name {
            /// Every value.
            $vis const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value as it is written.
            #[must_use]
            $vis const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The value of a name; None for a name of a newer program.
            #[must_use]
            $vis fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == name)
            }
        }
    };
}
