//! Lines in columns.

use textwrap::core::display_width;

/// The lines with columns as wide as they need to be, the last one as it is. All have as many cells as the first.
pub(super) fn columns<L: AsRef<[String]>>(lines: &[L]) -> Vec<String> {
    let count = lines.first().map_or(0, |line| line.as_ref().len());
    let width = |at: usize| lines.iter().map(|line| display_width(&line.as_ref()[at])).max().unwrap_or(0);
    let widths: Vec<_> = (0..count).map(width).collect();
    let line = |line: &L| {
        let cells = line.as_ref().iter().zip(&widths);
        let cells = cells.map(|(cell, width)| cell.to_owned() + &" ".repeat(width - display_width(cell)));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    lines.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_as_wide_as_its_widest_cell_and_no_line_ends_in_blanks() {
        let lines = [["NAME", "COUNT"], ["a", ""], ["レイ", "10"]].map(|line| line.map(str::to_owned));
        assert_eq!(columns(&lines), ["NAME  COUNT", "a", "レイ  10"]);
        assert_eq!(columns::<Vec<String>>(&[]), Vec::<String>::new());
    }
}
