//! What the samples of a coded picture mean: their range, and how they were made of red, green and blue.

use heic_rs::{MatrixCoefficients, Nclx, Range};

use crate::hevc::video_signal;

/// How samples are to be understood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Signal {
    pub(super) range: Range,
    pub(super) matrix: MatrixCoefficients,
}

/// What is not said is inferred: limited range (ITU-T H.265, E.3.1), and the matrix of JPEG, as other readers have it.
impl Default for Signal {
    fn default() -> Self {
        Self { range: Range::Limited, matrix: MatrixCoefficients::Bt601 }
    }
}

impl Signal {
    /// By the colour box of the container.
    pub(super) fn of_nclx(nclx: &Nclx) -> Self {
        Self { range: nclx.range, matrix: known(nclx.matrix) }
    }

    /// By the sequence parameter set (a NAL unit) of the coded picture; none where it does not say.
    pub(super) fn of_sequence(nal: &[u8]) -> Option<Self> {
        let said = video_signal(nal)?;
        let range = if said.is_full_range { Range::Full } else { Range::Limited };
        let matrix = said.colors.map(|[_, _, matrix]| known(MatrixCoefficients::from_code(matrix)));
        Some(Self { range, matrix: matrix.unwrap_or(Self::default().matrix) })
    }
}

fn known(matrix: MatrixCoefficients) -> MatrixCoefficients {
    match matrix {
        MatrixCoefficients::Unspecified | MatrixCoefficients::Other(_) => Signal::default().matrix,
        known => known,
    }
}
