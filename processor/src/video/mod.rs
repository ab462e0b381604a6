//! Films: what they say of themselves, a picture that stands for them, and a file that everything plays.
//!
//! Facts are read here. Everything that needs decoding is done by ffmpeg, a program of its own, where there is one.

mod boxes;
mod codec;
mod converter;
mod facts;
mod filters;
mod iso6709;
mod metadata;
mod placeholder;
mod playback;
mod poster;
mod progress;
mod run;
mod track;

pub use self::{
    codec::{AudioCodec, FilmColor, VideoCodec},
    converter::{Converter, ConverterError},
    facts::{VideoFacts, facts},
    placeholder::placeholder_poster,
    playback::{PLAYBACK_SIDES, Playback, playback},
    poster::poster,
};

#[cfg(test)]
mod tests;
