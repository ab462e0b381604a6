//! Reads the bits of a NAL unit (ITU-T H.265, 7.2 and 9.2).

/// A reader of single bits. Every read is none past the end.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// Bits that were read.
    position: usize,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.position / 8)?;
        let bit = byte >> (7 - self.position % 8) & 1;
        self.position += 1;
        Some(bit == 1)
    }

    /// An unsigned number of at most 32 bits.
    pub(super) fn number(&mut self, bits: u32) -> Option<u32> {
        (0..bits).try_fold(0_u32, |number, _| Some(number << 1 | u32::from(self.flag()?)))
    }

    pub(super) fn skip(&mut self, bits: usize) -> Option<()> {
        self.position = self.position.checked_add(bits)?;
        (self.position <= self.bytes.len() * 8).then_some(())
    }

    /// An unsigned number by Exp-Golomb's code (9.2).
    pub(super) fn golomb(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1_u32 << zeros) - 1 + self.number(zeros)?)
    }
}

/// The payload of a NAL unit: without its header of two bytes, and without the bytes that keep start codes out of it.
pub(super) fn payload(nal: &[u8]) -> Option<Vec<u8>> {
    let escaped = nal.get(2..)?;
    let mut payload = Vec::with_capacity(escaped.len());
    let mut zeros = 0;
    for &byte in escaped {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        payload.push(byte);
    }
    Some(payload)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_come_from_the_most_significant_bit_on() {
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_0000]);
        assert_eq!(bits.flag(), Some(true));
        assert_eq!(bits.number(3), Some(2));
        // 1 is 010, 2 is 011, 0 is 1 (table 9-2): 0 1 1, then 0 0 1 0 0 for 3.
        assert_eq!(bits.golomb(), Some(2));
        assert_eq!(bits.golomb(), Some(3));
        assert_eq!(bits.skip(4), Some(()));
        assert_eq!(bits.flag(), None);
        assert_eq!(bits.skip(1), None);
    }

    #[test]
    fn what_keeps_start_codes_out_is_taken_away() {
        assert_eq!(payload(&[0x42, 1, 1, 0, 0, 3, 0, 0, 3, 1, 3]), Some(vec![1, 0, 0, 0, 0, 1, 3]));
        assert_eq!(payload(&[0x42]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..16)) {
            let mut bits = Bits::new(&bytes);
            while bits.golomb().is_some() {}
        }
    }
}
