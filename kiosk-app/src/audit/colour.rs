//! How well one colour is seen on another (WCAG 2.2, relative luminance and contrast ratio).

use slint::Color;

/// `colour`, which may let something through, on `ground`.
pub(super) fn over(colour: Color, ground: Color) -> Color {
    let part = f32::from(colour.alpha()) / 255.0;
    let mix = |above: u8, below: u8| {
        let mixed = f32::from(above) * part + f32::from(below) * (1.0 - part);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a mixture of two bytes is one"
        )]
        let byte = mixed.round() as u8;
        byte
    };
    Color::from_rgb_u8(
        mix(colour.red(), ground.red()),
        mix(colour.green(), ground.green()),
        mix(colour.blue(), ground.blue()),
    )
}

fn luminance(colour: Color) -> f32 {
    let linear = |byte: u8| {
        let share = f32::from(byte) / 255.0;
        if share <= 0.040_45 {
            share / 12.92
        } else {
            ((share + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(colour.red()) + 0.7152 * linear(colour.green()) + 0.0722 * linear(colour.blue())
}

/// From 1 (the same) to 21 (black on white).
pub(super) fn contrast(one: Color, other: Color) -> f32 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_on_white_is_21_and_the_example_of_the_standard_4_5() {
        let (white, black) = (
            Color::from_rgb_u8(255, 255, 255),
            Color::from_rgb_u8(0, 0, 0),
        );
        assert!((contrast(white, black) - 21.0).abs() < 0.01);
        let grey = Color::from_rgb_u8(0x76, 0x76, 0x76);
        assert!((contrast(grey, white) - 4.54).abs() < 0.01);
        let half = over(Color::from_argb_u8(128, 0, 0, 0), white);
        assert!((126..=128).contains(&half.red()), "{half:?}");
    }
}
