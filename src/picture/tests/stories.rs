//! Pictures of deployments, as a page shows them.

use super::golden;
use crate::picture::{
    Axis, Bake, Chart, Ground, Lane, LaneKind, Line, Mark, STYLE, Side, Span, Timeline, timeline,
};

/// 2026-01-05 14:00:00 UTC.
const BEGAN: i64 = 1_767_621_600_000;

fn at(secs: i64) -> i64 {
    BEGAN + secs * 1000
}

fn course(percents: &[(i64, f64)]) -> Vec<(i64, f64)> {
    percents.iter().map(|(secs, green)| (at(*secs), *green)).collect()
}

fn bake(from: i64, until: i64, words: &str, is_planned: bool) -> Bake {
    Bake { from: at(from), until: at(until), words: words.to_owned(), is_planned }
}

fn span(from: i64, until: Option<i64>, words: &str) -> Span {
    Span { from: at(from), until: until.map(at), words: words.to_owned() }
}

fn alarm(name: &str, spans: Vec<Span>) -> Lane {
    Lane { name: name.to_owned(), kind: LaneKind::Alarm, spans }
}

/// A value each minute from the first on.
fn line(side: Side, config: &str, first: i64, values: &[f64]) -> Line {
    let points = (first..).step_by(60).map(at).zip(values.iter().copied()).collect();
    Line { side, config: config.to_owned(), points, span_ms: 60_000 }
}

fn charts(errors: &[f64], latencies: &[f64], until: usize) -> Vec<Chart> {
    let wave = |base: f64, nth: usize| base + [0.0, 0.4, 0.1, 0.6][nth % 4];
    let old = |base: f64| (0..until).map(|nth| wave(base, nth)).collect::<Vec<_>>();
    let lines = |base: f64, green: &[f64]| {
        vec![line(Side::Blue, "shop-v1", 0, &old(base)), line(Side::Green, "shop-v2", 60, green)]
    };
    vec![
        Chart { name: "error rate".into(), unit: "%", lines: lines(0.2, errors), limit: Some(5.0) },
        Chart { name: "latency p99".into(), unit: "ms", lines: lines(41.0, latencies), limit: None },
    ]
}

/// A canary of a tenth that bakes for five minutes, in the third of them.
fn baking() -> Timeline {
    Timeline {
        title: "shop: canary 10 %, baking step 1 of 2".to_owned(),
        blue: "shop-v1".to_owned(),
        green: "shop-v2".to_owned(),
        axis: Axis::Clock,
        from: at(0),
        until: at(735),
        now: Some(at(215)),
        traffic: course(&[(0, 0.0), (60, 10.0)]),
        planned: course(&[(0, 0.0), (60, 10.0), (365, 100.0)]),
        steps: vec![at(60)],
        bakes: vec![
            bake(65, 365, "1 bake", false),
            bake(370, 670, "2 bake", true),
            bake(670, 730, "wait", true),
        ],
        lanes: vec![alarm("errors", vec![]), alarm("slow", vec![span(120, Some(180), "")])],
        charts: charts(&[0.4, 0.9, 0.3], &[55.0, 61.0, 58.0], 4),
        ..Timeline::default()
    }
}

/// A canary that two alarms ended.
fn rolled_back() -> Timeline {
    Timeline {
        title: "shop: canary 10 %, rolled back".to_owned(),
        now: None,
        until: at(420),
        traffic: course(&[(0, 0.0), (60, 10.0), (249, 0.0)]),
        bakes: vec![bake(65, 249, "1 bake", false), bake(370, 420, "2 bake", true)],
        lanes: vec![
            alarm("errors", vec![span(130, Some(170), ""), span(249, None, "")]),
            alarm("slow", vec![span(240, Some(380), "")]),
        ],
        rollback: Some(Mark {
            at: at(249),
            words: "alarm errors: Threshold Crossed: 2 out of the last 3 datapoints [12.0 (05/01/26 14:03:00), 9.0 \
                    (05/01/26 14:02:00)] were greater than the threshold (5.0)"
                .to_owned(),
        }),
        charts: charts(&[4.0, 9.0, 12.0], &[180.0, 420.0, 390.0], 7),
        ..baking()
    }
}

/// Green in ten steps, a minute apart.
fn linear() -> Timeline {
    let steps = (1..=10).map(|step| step * 60);
    Timeline {
        title: "LINEAR ends after 11m 10s".to_owned(),
        until: 670_000,
        traffic: (0..=10).map(|step| (i64::from(step) * 60_000, f64::from(step) * 10.0)).collect(),
        steps: steps.clone().map(|secs| secs * 1000).collect(),
        bakes: steps
            .map(|secs| Bake {
                from: secs * 1000 + 5_000,
                until: secs * 1000 + 60_000,
                words: format!("{} bake", secs / 60),
                is_planned: false,
            })
            .collect(),
        ..Timeline::default()
    }
}

/// Three batches of ten instances, the second on its way.
fn rolling() -> Timeline {
    Timeline {
        title: "shop: rolling by 3 instances, step 2 of 4".to_owned(),
        until: at(600),
        now: Some(at(250)),
        traffic: course(&[(0, 0.0), (70, 30.0), (220, 60.0)]),
        planned: course(&[(0, 0.0), (60, 30.0), (190, 60.0), (320, 90.0), (450, 100.0)]),
        steps: vec![at(70), at(220)],
        bakes: vec![
            bake(70, 160, "1 bake", false),
            bake(220, 310, "2 bake", false),
            bake(340, 430, "3 bake", true),
            bake(460, 550, "4 bake", true),
        ],
        lanes: vec![alarm("errors", vec![span(235, None, "")])],
        charts: vec![],
        ..baking()
    }
}

/// Nothing has happened yet.
fn begun() -> Timeline {
    let mut charts = charts(&[], &[], 0);
    charts.truncate(1);
    Timeline {
        title: "shop: canary 10 %, creating the new fleet".to_owned(),
        now: Some(at(0)),
        traffic: vec![],
        steps: vec![],
        bakes: vec![bake(65, 365, "1 bake", true), bake(370, 670, "2 bake", true)],
        lanes: vec![],
        charts,
        ..baking()
    }
}

#[test]
fn deployments_are_drawn() {
    let stories = [
        ("baking", baking()),
        ("rolled-back", rolled_back()),
        ("linear", linear()),
        ("rolling", rolling()),
        ("begun", begun()),
    ];
    for (name, story) in stories {
        let drawn = timeline(&story, Ground::File);
        assert_eq!(drawn, timeline(&story.clone(), Ground::File), "the same gives the same");
        golden(name, &drawn);
    }
}

#[test]
fn a_picture_in_a_page_leaves_its_style_to_the_page() {
    let [file, page] = [Ground::File, Ground::Page].map(|ground| timeline(&rolled_back(), ground));
    assert_eq!(file.replace(&format!("<style>\n{STYLE}</style>\n"), ""), page);
    for forbidden in ["<style", "style=", "<script", "href", " id="] {
        assert!(!page.contains(forbidden), "{forbidden} in {page}");
    }
    let rules = STYLE.lines().filter(|line| line.contains('{') && !line.starts_with('@'));
    assert!(rules.into_iter().all(|rule| rule.starts_with(".picture")));
}

#[test]
fn the_story_is_told_to_those_who_cannot_see_it() {
    let told = |story: &Timeline| {
        let drawn = timeline(story, Ground::Page);
        drawn.split("<desc>").nth(1).unwrap().split("</desc>").next().unwrap().to_owned()
    };
    assert_eq!(
        told(&baking()),
        "At 14:03:35 green has 10 % of the traffic after 1 step. There was an ALARM of slow."
    );
    assert!(told(&rolled_back()).starts_with(
        "At the end green has 0 % of the traffic after 1 step. The rollback began at 14:04:09: alarm errors"
    ));
    assert_eq!(told(&linear()), "At the end green has 100 % of the traffic after 10 steps.");
    assert_eq!(
        told(&begun()),
        "Nothing is known of the traffic yet. It is planned to have 100 % from 14:06:05 on."
    );
}

#[test]
fn what_others_named_is_text() {
    let evil = "\"><script>alert('&')</script>\u{0}\u{ffff}".to_owned();
    let mut story = rolled_back();
    story.title.clone_from(&evil);
    story.lanes[0].name.clone_from(&evil);
    story.lanes[1].spans[0].words.clone_from(&evil);
    story.bakes[0].words.clone_from(&evil);
    story.charts[0].name.clone_from(&evil);
    story.charts[0].lines[1].config.clone_from(&evil);
    story.rollback = Some(Mark { at: at(249), words: evil });
    let drawn = timeline(&story, Ground::Page);
    assert!(!drawn.contains("<script") && !drawn.contains(['\u{0}', '\u{ffff}']), "{drawn}");
    assert!(drawn.contains("&quot;&gt;&lt;script&gt;"), "{drawn}");
}
