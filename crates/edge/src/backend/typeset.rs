//! Typesets the block that the model is writing while it grows: finished parts as HTML, the open part as plain text.

use super::markdown::{finished_blocks, open_text};
use agent::turn::Event;
use app::wire::Frame;

/// The open part of the unfinished block, as one stream has sent it.
#[derive(Debug, Default)]
pub(super) struct Typesetter {
    /// The model's text of the open part.
    rest: String,
}

impl Typesetter {
    /// Returns the frame for the whole block so far.
    pub(super) fn whole(&mut self, since: u64, text: &str) -> Frame {
        let (html, rest) = finished_blocks(text);
        self.rest = rest.to_owned();
        Frame::Partial { since, html, text: open_text(rest) }
    }

    /// Notes an event. A block ends with its own event or with the turn; a message that comes meanwhile ends none.
    pub(super) fn note(&mut self, event: &Event) {
        if matches!(event, Event::Said { .. } | Event::BrokenOff { .. } | Event::TurnEnded { .. }) {
            self.rest.clear();
        }
    }

    /// Returns the frame for text that the model added to the block; `since` is the number of the last event.
    pub(super) fn more(&mut self, since: u64, text: &str) -> Frame {
        let before = open_text(&self.rest);
        self.rest.push_str(text);
        let (html, rest) = finished_blocks(&self.rest);
        let open = open_text(rest);
        let frame = match open.strip_prefix(&before) {
            Some(added) if html.is_empty() => Frame::Delta { since, text: added.to_owned() },
            _ => Frame::Block { since, html, text: open },
        };
        self.rest = rest.to_owned();
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agent::turn::TurnEnd;

    /// Returns the HTML and the open text that a page has after the frames.
    fn shown(frames: impl IntoIterator<Item = Frame>) -> (String, String) {
        let (mut done, mut open) = (String::new(), String::new());
        for frame in frames {
            match frame {
                Frame::Partial { html, text, .. } => (done, open) = (html, text),
                Frame::Block { html, text, .. } => {
                    done.push_str(&html);
                    open = text;
                }
                Frame::Delta { text, .. } => open.push_str(&text),
                other => panic!("{other:?}"),
            }
        }
        (done, open)
    }

    #[test]
    fn the_pieces_of_an_answer_show_the_same_wherever_they_are_cut() {
        let text = "# Groups\n\nYou are in **three**:\n\n- a\n- b\n\nThe `code`:\n\n```sh\nls *\n```\nEnd **of";
        let whole = shown([Typesetter::default().whole(3, text)]);
        assert!(whole.0.contains("<strong>three</strong>") && whole.0.contains("ls *"), "{whole:?}");
        assert_eq!(whole.1, "End of");
        for size in [1, 2, 3, 7, 20] {
            let pieces: Vec<String> =
                text.chars().collect::<Vec<_>>().chunks(size).map(|piece| piece.iter().collect()).collect();
            let mut typesetter = Typesetter::default();
            let frames: Vec<Frame> = pieces.iter().map(|piece| typesetter.more(3, piece)).collect();
            assert_eq!(shown(frames), whole, "pieces of {size}");
        }
    }

    #[test]
    fn a_block_ends_with_its_own_event_and_not_with_a_message_that_comes_meanwhile() {
        let message = Event::Withdrawn { said: 2 };
        let ends = [
            Event::Said { text: "open".to_owned() },
            Event::BrokenOff { said: 1 },
            Event::TurnEnded { said: 1, why: TurnEnd::Done },
        ];
        for (event, expected) in [(message, " each")].into_iter().chain(ends.map(|event| (event, "each"))) {
            let mut typesetter = Typesetter::default();
            typesetter.whole(1, "open ");
            typesetter.note(&event);
            assert_eq!(typesetter.more(4, "each"), Frame::Delta { since: 4, text: expected.to_owned() }, "{event:?}");
        }
    }
}
