//! Words never cover each other and never leave the picture, whatever there is to show.

use crate::picture::{Axis, Bake, Chart, Ground, Lane, LaneKind, Line, Mark, Side, Span, Timeline, timeline};

const HOUR: i64 = 3_600_000;

/// A rectangle around words, and the words.
struct Told {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    words: String,
}

fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    tag.split(&format!(" {name}=\"")).nth(1).unwrap().split('"').next().unwrap()
}

/// The words of a picture, 6.6 px a sign.
fn words(drawn: &str) -> Vec<Told> {
    let texts = drawn.lines().filter(|line| line.starts_with("<text"));
    let each = texts.map(|line| {
        let (tag, rest) = line.split_once('>').unwrap();
        let words = rest.split("</title>").last().unwrap().trim_end_matches("</text>");
        let words =
            words.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        let [x, y] = ["x", "y"].map(|name| attribute(tag, name).parse::<f64>().unwrap());
        let width = 6.6 * words.chars().count() as f64;
        let left = match attribute(tag, "text-anchor") {
            "start" => x,
            "middle" => x - width / 2.0,
            _ => x - width,
        };
        Told { left, right: left + width, top: y - 10.0, bottom: y + 3.0, words }
    });
    each.collect()
}

fn check(name: &str, story: &Timeline) {
    let drawn = timeline(story, Ground::File);
    assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{name}: {drawn}");
    let height: f64 = attribute(&drawn, "viewBox").rsplit(' ').next().unwrap().parse().unwrap();
    let words = words(&drawn);
    for (nth, one) in words.iter().enumerate() {
        let inside = one.left >= 0.0 && one.right <= 760.0 && one.top >= 0.0 && one.bottom <= height;
        assert!(inside, "{name}: {:?} leaves the picture", one.words);
        for other in &words[..nth] {
            let apart = one.right <= other.left
                || other.right <= one.left
                || one.bottom <= other.top
                || other.bottom <= one.top;
            assert!(apart, "{name}: {:?} covers {:?}", one.words, other.words);
        }
    }
    for shape in drawn.split('<').filter(|shape| shape.starts_with("rect")) {
        let [x, width] = ["x", "width"].map(|name| attribute(shape, name).parse::<f64>().unwrap());
        assert!(x >= 0.0 && width >= 0.0 && x + width <= 760.0, "{name}: {shape} leaves the picture");
    }
}

/// Everything that a timeline can have, in steps of equal length, with long names.
fn full(axis: Axis, from: i64, length: i64, steps: i64, alarms: usize) -> Timeline {
    let at = |step: i64| from + length * step / (steps + 1);
    let course: Vec<_> = (0..=steps).map(|step| (at(step), 100.0 * step as f64 / steps as f64)).collect();
    let long = |sign: &str, length: usize| sign.repeat(length);
    let bake = |step: i64| Bake {
        from: at(step),
        until: at(step + 1),
        words: format!("{step} bake"),
        is_planned: step % 3 == 0,
    };
    let spans = |nth: usize| {
        let begins = |part: i64| from + length * part / 10 + i64::try_from(nth).unwrap() * 7;
        let span = |from, until| Span { from, until, words: format!("in ALARM at {from}") };
        vec![span(begins(2), Some(begins(2) + 1)), span(begins(4), Some(begins(6))), span(begins(8), None)]
    };
    let lane = |nth: usize| Lane {
        name: long(if nth.is_multiple_of(2) { "W" } else { "l-" }, 255 / (1 + nth % 2)),
        kind: if nth == 0 { LaneKind::Bad } else { LaneKind::Alarm },
        spans: spans(nth),
    };
    let measured = |side, value: f64| Line {
        side,
        config: long("config-", 9),
        points: course.iter().map(|(at, green)| (*at, value * green)).collect(),
        span_ms: length / (steps + 1),
    };
    Timeline {
        title: long("a title ", 50),
        blue: long("config-", 9),
        green: long("config-", 9),
        axis,
        from,
        until: from + length,
        now: None,
        ended: None,
        traffic: course.clone(),
        planned: course.clone(),
        steps: (1..=steps).map(at).collect(),
        bakes: (1..=steps).map(bake).collect(),
        lanes: (0..alarms).map(lane).collect(),
        rollback: Some(Mark { at: at(steps / 2), words: long("Threshold Crossed: ", 30) }),
        charts: vec![
            Chart {
                name: long("latency ", 40),
                unit: "ms",
                lines: vec![measured(Side::Blue, 1e6), measured(Side::Green, 1e7)],
                limit: Some(3.3e7),
            },
            Chart {
                name: "errors".into(),
                unit: "requests a minute",
                lines: vec![measured(Side::Green, 1e-9)],
                limit: None,
            },
            Chart { name: String::new(), unit: "", lines: vec![], limit: Some(f64::NAN) },
        ],
    }
}

#[test]
fn words_keep_apart() {
    let shapes = [
        (0, 1),
        (1, 1),
        (1_500, 2),
        (40_000, 3),
        (HOUR, 4),
        (HOUR, 100),
        (90 * 24 * HOUR, 10),
        (i64::MAX / 1_000, 7),
    ];
    for (length, steps) in shapes {
        for (axis, from) in [(Axis::Since, 12_345), (Axis::Clock, 1_767_621_599_999), (Axis::Clock, -5)] {
            for alarms in [0, 10] {
                let name = format!("{axis:?} from {from} for {length} in {steps} with {alarms}");
                at_all_times(&name, &full(axis, from, length, steps, alarms));
            }
        }
    }
}

/// Checks it over, and on its way at both ends, in the middle, and outside of what is shown.
fn at_all_times(name: &str, story: &Timeline) {
    let Timeline { from, until, .. } = *story;
    check(name, story);
    for instant in [from - 9, from, i64::midpoint(from, until), until, until + 9] {
        let name = format!("{name} at {instant}");
        let story = Timeline { now: Some(instant), ..story.clone() };
        check(&name, &story);
        let rollback = Some(Mark { at: instant, words: "alarm 'a'".to_owned() });
        check(&name, &Timeline { rollback, traffic: vec![], ..story.clone() });
        check(&name, &Timeline { planned: vec![], rollback: None, ..story });
    }
}

#[test]
fn nothing_at_all_is_a_picture_too() {
    check("nothing", &Timeline::default());
    let backwards = Timeline { from: 9, until: 3, ..full(Axis::Clock, 0, 10, 2, 1) };
    check("backwards", &backwards);
    let odd = [(0, f64::NAN), (1_000, f64::INFINITY), (2_000, -4.0)];
    let mut story = full(Axis::Since, 0, 3_000, 2, 1);
    story.traffic = odd.to_vec();
    story.charts[0].lines[0].points = odd.to_vec();
    check("numbers that are none", &story);
}
