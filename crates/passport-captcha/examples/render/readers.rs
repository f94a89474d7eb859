//! A trial with readers: pictures as a page shows them, without their answers.

use std::{error::Error, fmt::Write, fs, path::Path};

use passport_captcha::{Captcha, Style, Theme};
use rand::{RngExt, rngs::StdRng};

use super::sheet::{GAP, Sheet};

/// Pictures on a sheet, in two columns.
const PER_SHEET: usize = 10;
/// Drawn pixels per pixel of a page, in each direction.
const SCALE: u32 = 2;
/// Width of the number beside a picture.
const NUMBER: usize = 32;
/// Surfaces of pages, and numbers on them: see `static/css/tokens.css`.
const LIGHT: ([u8; 3], [u8; 3]) = ([0xFF; 3], [0x58, 0x65, 0x61]);
const DARK: ([u8; 3], [u8; 3]) = ([0x15, 0x1C, 0x1B], [0xA5, 0xB2, 0xAE]);
/// The digits, five rows of three pixels each, the first pixel in the highest bit.
const DIGITS: [u16; 10] = [
    0b111_101_101_101_111,
    0b010_110_010_010_111,
    0b111_001_111_100_111,
    0b111_001_111_001_111,
    0b101_101_111_001_001,
    0b111_100_111_001_111,
    0b111_100_111_101_111,
    0b111_001_001_010_010,
    0b111_101_111_101_111,
    0b111_101_111_001_111,
];

/// Writes numbered sheets of `count` pictures in random themes to `folder`, and the answers, a line
/// each, to `answers`.
pub(crate) fn write(
    folder: &Path,
    answers: &Path,
    (count, length): (u32, usize),
    style: &Style,
    rng: &mut StdRng,
) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let (width, height) = style.size(length);
    let cell = (NUMBER + width as usize + 3 * GAP, height as usize + 2 * GAP);
    let mut lines = String::new();
    for first in (0..count as usize).step_by(PER_SHEET) {
        let mut sheet = Sheet::new((2 * cell.0, PER_SHEET / 2 * cell.1), LIGHT.0);
        for number in first..(first + PER_SHEET).min(count as usize) {
            let theme = if rng.random() { Theme::Dark } else { Theme::Light };
            let (ground, ink) = if theme == Theme::Light { LIGHT } else { DARK };
            let place = number - first;
            let (x, y) = (place % 2 * cell.0, place / 2 * cell.1);
            sheet.fill((x, y), cell, ground);
            print(&mut sheet, number + 1, (x + GAP, y + GAP + height as usize / 2 - 5), ink);
            let captcha = Captcha::random(rng, length)?.theme(theme).scale(SCALE);
            let picture = captcha.render(style, rng)?;
            sheet.add(&picture, SCALE as usize, (x + NUMBER + 2 * GAP, y + GAP))?;
            writeln!(lines, "{} {}", number + 1, captcha.text())?;
        }
        sheet.write(&folder.join(format!("sheet-{}.png", first / PER_SHEET + 1)))?;
    }
    fs::write(answers, lines)?;
    println!("{count} pictures in {}, their answers in {}", folder.display(), answers.display());
    Ok(())
}

/// Prints a number, two pixels of the sheet per pixel of a digit.
fn print(sheet: &mut Sheet, number: usize, (x, y): (usize, usize), ink: [u8; 3]) {
    for (place, digit) in number.to_string().bytes().enumerate() {
        let rows = DIGITS[usize::from(digit - b'0')];
        for bit in (0..15).filter(|bit| rows >> (14 - bit) & 1 == 1) {
            sheet.fill((x + place * 8 + bit % 3 * 2, y + bit / 3 * 2), (2, 2), ink);
        }
    }
}
