//! Floats as the decimal texts that people typed.

/// A finite float as exact decimal text, rounded to 15 significant digits, without an exponent, without trailing zeros
/// and without a negative zero; `None` for NaN and infinities. 15 digits are what spreadsheets show and keep.
#[must_use]
pub fn exact_text(value: f64) -> Option<String> {
    if !value.is_finite() {
        return None;
    }
    // Whole numbers and short decimals, which nearly all are: the shortest text that means this float is what 15 digits show.
    if let Some(text) = short(value) {
        return Some(text);
    }
    let scientific = format!("{value:.14e}");
    let (mantissa, exponent) = scientific.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let negative = mantissa.starts_with('-');
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return Some("0".to_owned());
    }
    let point = exponent + 1; // digits before the decimal point
    let mut text = if negative { "-".to_owned() } else { String::new() };
    match usize::try_from(point) {
        Ok(0) | Err(_) => {
            text.push_str("0.");
            text.extend(std::iter::repeat_n('0', usize::try_from(-point).unwrap_or(0)));
            text.push_str(digits);
        }
        Ok(point) if point >= digits.len() => {
            text.push_str(digits);
            text.extend(std::iter::repeat_n('0', point - digits.len()));
        }
        Ok(point) => {
            text.push_str(&digits[..point]);
            text.push('.');
            text.push_str(&digits[point..]);
        }
    }
    Some(text)
}

/// A decimal of at most 15 digits as it would come out of its float, without making one; nothing for one that is written in
/// another way.
pub(super) fn plain(text: &str) -> Option<&str> {
    const DIGITS: usize = 15;
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() && !fraction.ends_with('0') => (whole, fraction),
        Some(_) => return None,
        None => (unsigned, ""),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let normal = !whole.is_empty()
        && (whole == "0" || !whole.starts_with('0'))
        && whole.len() + fraction.len() <= DIGITS
        && digits(whole)
        && digits(fraction)
        && text != "-0";
    normal.then_some(text)
}

/// The float's shortest text, where that has at most 15 significant digits: then it is also the text rounded to 15.
fn short(value: f64) -> Option<String> {
    const DIGITS: usize = 15;
    if !(1e-4..1e15).contains(&value.abs()) {
        return None;
    }
    let text = value.to_string();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (digits <= DIGITS).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::{exact_text, plain, short};

    #[test]
    fn the_short_way_gives_the_same_text_as_the_long_one() {
        let mut seed = 1u64;
        let mut taken = 0;
        for _ in 0..20_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            #[expect(clippy::cast_precision_loss, reason = "any float will do")]
            let value = ((seed >> 20) as f64) / [1.0, 10.0, 100.0, 10_000.0, 1e9, 3.0][(seed % 6) as usize];
            if let Some(text) = short(value) {
                taken += 1;
                let long: f64 = format!("{value:.14e}").parse().unwrap_or(f64::NAN);
                assert_eq!(text.parse::<f64>().ok(), Some(long), "{value:e}");
            }
        }
        assert!(taken > 1_000);
    }

    #[test]
    fn what_is_taken_as_it_is_written_is_what_its_float_becomes() {
        let mut seed = 7u64;
        let mut taken = 0;
        for _ in 0..50_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let digits = (seed >> 8) % 10u64.pow(u32::try_from(seed >> 60).unwrap_or(0) + 1);
            let mut text = digits.to_string();
            if seed & 1 == 1 {
                let places = usize::try_from(seed >> 33 & 15).unwrap_or(0);
                text = format!("{digits:0>width$}", width = places + 1);
                text.insert(text.len() - places, '.');
            }
            if seed & 6 == 6 {
                text.insert(0, '-');
            }
            if let Some(plain) = plain(&text) {
                taken += 1;
                assert_eq!(exact_text(text.parse().unwrap_or(f64::NAN)).as_deref(), Some(plain), "{text}");
            }
        }
        assert!(taken > 10_000, "{taken}");
        for other in [
            "",
            "-",
            "-0",
            "00",
            "01",
            "1.",
            ".5",
            "1.50",
            "1e3",
            "+1",
            " 1",
            "1,5",
            "NaN",
            "1234567890123456",
            "0.0",
        ] {
            assert_eq!(plain(other), None, "{other}");
        }
    }

    #[test]
    fn floats_become_what_was_typed() {
        for (float, text) in [
            (1_234.560_000_000_000_2, "1234.56"),
            (0.1 + 0.2, "0.3"),
            (0.0, "0"),
            (-0.0, "0"),
            (1200.0, "1200"),
            (-12.5, "-12.5"),
            (0.0025, "0.0025"),
            (1e12, "1000000000000"),
            (999_999_999_999.99, "999999999999.99"),
            (1e-7, "0.0000001"),
        ] {
            assert_eq!(exact_text(float).as_deref(), Some(text));
        }
        assert_eq!(exact_text(1e308).map(|text| text.len()), Some(309));
        assert_eq!(exact_text(f64::NAN), None);
        assert_eq!(exact_text(f64::INFINITY), None);
    }
}
