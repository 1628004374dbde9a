//! Instances as squares.

use crate::console::squares::{Standing, key, squares};

fn drawn(svg: &str) -> usize {
    svg.matches("<rect").count()
}

#[test]
fn each_instance_has_a_square_up_to_a_hundred() {
    for (serving, starting, expected, size) in [
        (0, 0, 0, "width=\"16\" height=\"16\""),
        (1, 0, 1, "width=\"16\" height=\"16\""),
        (3, 1, 4, "width=\"64\" height=\"16\""),
        (20, 0, 20, "width=\"320\" height=\"16\""),
        (20, 1, 21, "width=\"320\" height=\"32\""),
        (99, 1, 100, "width=\"320\" height=\"80\""),
        (100, 1, 100, "width=\"320\" height=\"80\""),
        (u32::MAX, u32::MAX, 100, "width=\"320\" height=\"80\""),
    ] {
        let svg = squares(&[(Standing::Serving, serving), (Standing::Starting, starting)]);
        assert_eq!(drawn(&svg), expected, "{serving} and {starting}");
        assert!(svg.contains(size), "{serving} and {starting}: {svg}");
    }
}

#[test]
fn they_stand_in_their_order_and_the_first_are_drawn_where_there_are_too_many() {
    let svg = squares(&[(Standing::Serving, 2), (Standing::Failed, 1), (Standing::Leaving, 1)]);
    let classes: Vec<_> =
        svg.split("<g class=\"").skip(1).map(|group| group.split('"').next().unwrap()).collect();
    assert_eq!(classes, ["serving", "serving", "failed", "leaving"]);
    assert!(svg.contains("x=\"50\" y=\"2\""), "the fourth is in the first row: {svg}");
    let many = squares(&[(Standing::Serving, 100), (Standing::Failed, 1)]);
    assert!(!many.contains("failed"));
}

#[test]
fn no_two_standings_look_alike() {
    let all = Standing::ALL.map(key);
    for (nth, one) in all.iter().enumerate() {
        assert_eq!(drawn(one), 1);
        assert!(!all[..nth].contains(one), "{one}");
    }
    let mut words = Standing::ALL.map(Standing::word).to_vec();
    words.dedup();
    assert_eq!(words.len(), Standing::ALL.len());
}
