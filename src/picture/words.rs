//! How much room words take. Nobody can measure them here, as the reader's font is not known: the estimate is rather too wide.

/// Above and below the line on which words stand.
pub(super) const ASCENT: f64 = 10.0;
pub(super) const DESCENT: f64 = 3.0;

/// The estimated width of words at 12 px.
pub(super) fn width(words: &str) -> f64 {
    words.chars().map(of_sign).sum()
}

fn of_sign(sign: char) -> f64 {
    match sign {
        'M' | 'W' | 'm' | 'w' | '@' | '%' => 11.0,
        'A'..='Z' => 8.4,
        ' '..='~' => 6.7,
        _ => 12.5,
    }
}

/// The words, or as much of their beginning and their end as has room: names that differ do so at their end.
pub(super) fn shortened(words: &str, room: f64) -> String {
    if width(words) <= room {
        return words.to_owned();
    }
    let signs: Vec<char> = words.chars().collect();
    let (mut left, mut right) = (0, signs.len());
    let mut free = room - of_sign('…');
    loop {
        let is_even = left <= signs.len() - right;
        let next = if is_even { signs[left] } else { signs[right - 1] };
        free -= of_sign(next);
        if free < 0.0 {
            break;
        }
        if is_even {
            left += 1;
        } else {
            right -= 1;
        }
    }
    let side = |signs: &[char]| signs.iter().collect::<String>();
    format!("{}…{}", side(&signs[..left]).trim_end(), side(&signs[right..]).trim_start())
}

/// The beginning of a sentence, as much as has room.
fn begun(words: &str, room: f64) -> String {
    if width(words) <= room {
        return words.to_owned();
    }
    let mut free = room - of_sign('…');
    let fits = words.chars().take_while(|sign| {
        free -= of_sign(*sign);
        free >= 0.0
    });
    format!("{}…", fits.collect::<String>().trim_end())
}

/// The words in so many lines at most, the last of them without what has no room.
pub(super) fn wrapped(words: &str, room: f64, lines: usize) -> Vec<String> {
    let mut wrapped: Vec<String> = Vec::new();
    let mut rest = words.trim();
    while !rest.is_empty() {
        if wrapped.len() + 1 == lines || width(rest) <= room {
            wrapped.push(begun(rest, room));
            break;
        }
        let ends = rest.match_indices(' ').map(|(at, _)| at);
        let Some(end) = ends.take_while(|end| width(&rest[..*end]) <= room).last() else {
            // A word that is wider than a line is not torn.
            wrapped.push(begun(rest, room));
            break;
        };
        wrapped.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_without_room_lose_their_middle() {
        assert_eq!(shortened("errors", 100.0), "errors");
        let short = shortened(&format!("a{}z", "-".repeat(300)), 100.0);
        assert!(short.starts_with("a-") && short.contains('…') && short.ends_with("-z"), "{short}");
        assert!(width(&short) <= 100.0);
        assert_eq!(shortened("errors", 0.0), "…");
    }

    #[test]
    fn words_are_wrapped_between_words() {
        assert_eq!(wrapped("one two three", 60.0, 3), ["one two", "three"]);
        assert_eq!(wrapped("", 50.0, 2), [""; 0]);
        let long = wrapped("one two three four five six seven", 80.0, 2);
        assert_eq!(long.len(), 2);
        assert!(long[1].ends_with('…'), "{long:?}");
        assert!(long.iter().all(|line| width(line) <= 80.0), "{long:?}");
    }
}
