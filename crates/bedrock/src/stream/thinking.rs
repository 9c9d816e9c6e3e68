//! Nova may write its reasoning as `<thinking>…</thinking>` into the text; that is hidden from the person.

const OPEN: &str = "<thinking>";
const CLOSE: &str = "</thinking>";

/// Filters text as it streams. A suffix that may be the start of a tag is held back.
#[derive(Default)]
pub(super) struct Thinking {
    held: String,
    inside: bool,
}

impl Thinking {
    /// Returns the text that may be shown after `more` arrived, including text that was held back.
    pub(super) fn visible(&mut self, more: &str) -> String {
        self.held.push_str(more);
        let mut shown = String::new();
        loop {
            let tag = if self.inside { CLOSE } else { OPEN };
            if let Some(place) = self.held.find(tag) {
                self.keep(place, &mut shown);
                self.held.drain(..tag.len());
                self.inside = !self.inside;
            } else {
                let undecided = (1..tag.len()).rev().find(|&n| self.held.ends_with(&tag[..n])).unwrap_or(0);
                let sure = self.held.len() - undecided;
                self.keep(sure, &mut shown);
                return shown;
            }
        }
    }

    /// Returns the rest at the end of the block: an incomplete tag is ordinary text.
    pub(super) fn rest(&mut self) -> String {
        let held = std::mem::take(&mut self.held);
        if self.inside { String::new() } else { held }
    }

    fn keep(&mut self, end: usize, shown: &mut String) {
        let inside = self.inside;
        shown.extend(self.held.drain(..end).filter(|_| !inside));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinking_is_hidden_wherever_the_stream_is_split() {
        for (text, expected) in [
            ("Hello", "Hello"),
            ("<thinking>secret plan</thinking>Hello", "Hello"),
            ("Höllo <thinking>ü</thinking> <b>x</b> a < b", "Höllo  <b>x</b> a < b"),
            ("never <thinking>closed", "never "),
            ("almost <thinkin", "almost <thinkin"),
        ] {
            for size in 1..=text.len() {
                let mut thinking = Thinking::default();
                let mut shown = String::new();
                let letters: Vec<char> = text.chars().collect();
                for chunk in letters.chunks(size) {
                    shown.push_str(&thinking.visible(&chunk.iter().collect::<String>()));
                }
                shown.push_str(&thinking.rest());
                assert_eq!(shown, expected, "{text} in pieces of {size}");
            }
        }
    }
}
