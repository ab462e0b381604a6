//! Puts coded pictures into HEIC files (ISO/IEC 23008-12), in the forms that phones and programs write.

/// A frame of HEVC.
#[derive(Clone, Copy, Debug)]
pub struct Coded {
    /// A stream with start codes.
    stream: &'static [u8],
    /// 0 is grey, 1 is 4:2:0.
    chroma: u8,
    /// Bits of a sample above 8.
    further_bits: u8,
}

macro_rules! coded {
    ($file:literal, $chroma:literal, $further_bits:literal) => {
        Coded { stream: include_bytes!(concat!("heic/", $file, ".hevc")), chroma: $chroma, further_bits: $further_bits }
    };
}

/// The size of the picture that all of these show, or show together: `picture(256, 192, 3)`.
pub const CODED_SIZE: (u32, u32) = (256, 192);
/// Its quarters, from left to right and from top to bottom: full range by BT.601, as the coded pictures say.
pub const TILES: [Coded; 4] = [
    coded!("tile_top_left", 1, 0),
    coded!("tile_top_right", 1, 0),
    coded!("tile_bottom_left", 1, 0),
    coded!("tile_bottom_right", 1, 0),
];
/// Limited range by BT.709.
pub const LIMITED_709: Coded = coded!("whole_limited_709", 1, 0);
/// Limited range by BT.601, without a word about it.
pub const UNLABELLED: Coded = coded!("whole_unlabelled", 1, 0);
/// Full range by BT.601, of 10 bits.
pub const TEN_BIT: Coded = coded!("whole_ten_bit", 1, 2);
/// Full range, without colour.
pub const GREY: Coded = coded!("whole_grey", 0, 0);

/// What a file says about how its picture is to be shown.
#[derive(Clone, Copy, Debug)]
pub enum HeicTransform {
    /// Quarter turns against the clock.
    Rotate(u8),
    /// Left and right are exchanged.
    MirrorLeftRight,
    /// Top and bottom are exchanged.
    MirrorTopBottom,
    /// Only so much of the middle is shown: width and height.
    Crop(u32, u32),
}

/// A HEIC file to be made.
#[derive(Clone, Debug, Default)]
pub struct Heic<'a> {
    /// The coded pictures: one, or more for a grid.
    pub tiles: Vec<Coded>,
    /// Tiles from left to right.
    pub columns: u8,
    /// Width and height of each coded picture.
    pub tile_size: (u32, u32),
    /// Width and height of the picture; less than the tiles together where they reach beyond it.
    pub size: (u32, u32),
    /// Primaries, transfer, matrix and whether the range is full, for the container to say.
    pub nclx: Option<(u16, u16, u16, bool)>,
    /// A colour profile.
    pub icc: Option<&'a [u8]>,
    /// What to do to the picture, in this order.
    pub transforms: Vec<HeicTransform>,
    /// A TIFF structure with the camera's notes.
    pub exif: Option<&'a [u8]>,
}

impl Heic<'_> {
    /// A file of one coded picture.
    #[must_use]
    pub fn single(coded: Coded) -> Self {
        Self { tiles: vec![coded], columns: 1, tile_size: CODED_SIZE, size: CODED_SIZE, ..Self::default() }
    }

    /// A file of four tiles, as phones write it.
    #[must_use]
    pub fn grid() -> Self {
        Self { tiles: TILES.to_vec(), columns: 2, tile_size: (128, 96), size: CODED_SIZE, ..Self::default() }
    }

    /// The bytes of the file.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let ftyp = boxed(*b"ftyp", &[b"heic".as_slice(), &[0; 4], b"mif1", b"heic"].concat());
        let items = self.items();
        // The places of items do not change the length of the box that holds them.
        let length = self.meta(&items, 0).len();
        let meta = self.meta(&items, ftyp.len() + length + 8);
        let mdat = boxed(*b"mdat", &items.iter().flat_map(|item| item.data.clone()).collect::<Vec<u8>>());
        [ftyp, meta, mdat].concat()
    }

    fn is_grid(&self) -> bool {
        self.tiles.len() > 1
    }

    fn items(&self) -> Vec<Item> {
        let mut items = Vec::new();
        for (index, tile) in self.tiles.iter().enumerate() {
            let pictures = units(tile.stream).into_iter().filter(|unit| !is_parameter_set(unit));
            let data = pictures.flat_map(|unit| [&word(unit.len()), unit].concat()).collect();
            items.push(Item { id: short_id(index), kind: *b"hvc1", data });
        }
        if self.is_grid() {
            let columns = usize::from(self.columns);
            let side = |length: u32| u16::try_from(length).expect("a small picture").to_be_bytes();
            let last = |count: usize| u8::try_from(count - 1).expect("few tiles");
            let rows = last(self.tiles.len() / columns);
            let data = [&[0, 0, rows, last(columns)], &side(self.size.0)[..], &side(self.size.1)[..]].concat();
            items.push(Item { id: short_id(items.len()), kind: *b"grid", data });
        }
        if let Some(exif) = self.exif {
            let data = [&word(0), exif].concat();
            items.push(Item { id: short_id(items.len()), kind: *b"Exif", data });
        }
        items
    }

    fn primary(&self) -> u16 {
        if self.is_grid() { short_id(self.tiles.len()) } else { 1 }
    }

    fn meta(&self, items: &[Item], data_start: usize) -> Vec<u8> {
        let handler = full(*b"hdlr", 0, &[&[0; 4], b"pict".as_slice(), &[0; 13]].concat());
        let primary = full(*b"pitm", 0, &self.primary().to_be_bytes());
        let entries = items
            .iter()
            .map(|item| full(*b"infe", 2, &[&item.id.to_be_bytes(), [0; 2].as_slice(), &item.kind, &[0]].concat()));
        let infos = full(*b"iinf", 0, &counted(&entries.collect::<Vec<_>>()));
        full(
            *b"meta",
            0,
            &[handler, primary, infos, self.references(items), self.properties(), places(items, data_start)].concat(),
        )
    }

    fn references(&self, items: &[Item]) -> Vec<u8> {
        let reference = |kind: [u8; 4], from: u16, to: &[u16]| {
            let ids: Vec<u8> = to.iter().flat_map(|id| id.to_be_bytes()).collect();
            boxed(kind, &[&from.to_be_bytes()[..], &short_id(to.len() - 1).to_be_bytes(), &ids].concat())
        };
        let mut references = Vec::new();
        if self.is_grid() {
            let tiles: Vec<u16> = (0..self.tiles.len()).map(short_id).collect();
            references.extend(reference(*b"dimg", self.primary(), &tiles));
        }
        for item in items.iter().filter(|item| item.kind == *b"Exif") {
            references.extend(reference(*b"cdsc", item.id, &[self.primary()]));
        }
        full(*b"iref", 0, &references)
    }

    fn properties(&self) -> Vec<u8> {
        let size =
            |(width, height): (u32, u32)| full(*b"ispe", 0, &[width.to_be_bytes(), height.to_be_bytes()].concat());
        let mut properties = vec![configuration(self.tiles[0]), size(self.tile_size), size(self.size)];
        let mut of_primary = if self.is_grid() { vec![3] } else { vec![1, 3] };
        let mut add = |property: Vec<u8>, of: &mut Vec<u8>| {
            properties.push(property);
            of.push(u8::try_from(properties.len()).expect("few properties"));
        };
        if let Some((primaries, transfer, matrix, full_range)) = self.nclx {
            let codes = [primaries, transfer, matrix].map(u16::to_be_bytes).concat();
            add(boxed(*b"colr", &[b"nclx".as_slice(), &codes, &[u8::from(full_range) << 7]].concat()), &mut of_primary);
        }
        if let Some(icc) = self.icc {
            add(boxed(*b"colr", &[b"prof".as_slice(), icc].concat()), &mut of_primary);
        }
        for transform in &self.transforms {
            add(transform.property(), &mut of_primary);
        }
        let mut associations = Vec::new();
        let tiles = if self.is_grid() { self.tiles.len() } else { 0 };
        for (id, of) in (0..tiles).map(|tile| (short_id(tile), vec![1, 2])).chain([(self.primary(), of_primary)]) {
            associations.extend(id.to_be_bytes());
            associations.push(u8::try_from(of.len()).expect("few properties"));
            associations.extend(of);
        }
        let count = word(tiles + 1);
        let ipma = full(*b"ipma", 0, &[&count, associations.as_slice()].concat());
        boxed(*b"iprp", &[boxed(*b"ipco", &properties.concat()), ipma].concat())
    }
}

impl HeicTransform {
    fn property(self) -> Vec<u8> {
        match self {
            Self::Rotate(turns) => boxed(*b"irot", &[turns]),
            Self::MirrorLeftRight => boxed(*b"imir", &[0]),
            Self::MirrorTopBottom => boxed(*b"imir", &[1]),
            Self::Crop(width, height) => {
                let fractions = [width, 1, height, 1, 0, 1, 0, 1];
                boxed(*b"clap", &fractions.map(u32::to_be_bytes).concat())
            }
        }
    }
}

struct Item {
    id: u16,
    kind: [u8; 4],
    data: Vec<u8>,
}

/// Ids count from 1.
fn short_id(index: usize) -> u16 {
    u16::try_from(index + 1).expect("few items")
}

fn word(value: usize) -> [u8; 4] {
    u32::try_from(value).expect("a small file").to_be_bytes()
}

fn boxed(kind: [u8; 4], payload: &[u8]) -> Vec<u8> {
    [&word(payload.len() + 8), kind.as_slice(), payload].concat()
}

fn full(kind: [u8; 4], version: u8, payload: &[u8]) -> Vec<u8> {
    boxed(kind, &[&[version, 0, 0, 0], payload].concat())
}

fn counted(entries: &[Vec<u8>]) -> Vec<u8> {
    let count = u16::try_from(entries.len()).expect("few entries").to_be_bytes();
    [&count, entries.concat().as_slice()].concat()
}

/// `iloc`: where the data of the items lie, one after the other.
fn places(items: &[Item], data_start: usize) -> Vec<u8> {
    let mut start = data_start;
    let entries = items.iter().map(|item| {
        let entry = [&item.id.to_be_bytes()[..], &[0, 0, 0, 1], &word(start), &word(item.data.len())].concat();
        start += item.data.len();
        entry
    });
    let entries = counted(&entries.collect::<Vec<_>>());
    // Offsets and lengths of 4 bytes, no base.
    full(*b"iloc", 0, &[&[0x44, 0], entries.as_slice()].concat())
}

/// `hvcC`: the parameter sets, and what the sequence says of its profile (ISO/IEC 14496-15, 8.3.3.1).
fn configuration(coded: Coded) -> Vec<u8> {
    let sets: Vec<&[u8]> = units(coded.stream).into_iter().filter(|unit| is_parameter_set(unit)).collect();
    let sequence = sets.iter().find(|set| unit_type(set) == 33).expect("a stream has a sequence parameter set");
    // Its first bytes hold two zeros in a row, after which coders put a 3.
    let plain: Vec<u8> = without_escapes(&sequence[2..]);
    let depth = coded.further_bits;
    let head = [1].into_iter().chain(plain[1..13].iter().copied());
    let mut record: Vec<u8> = head.collect();
    record.extend([0xF0, 0, 0xFC, 0xFC | coded.chroma, 0xF8 | depth, 0xF8 | depth, 0, 0, 0x0F]);
    record.push(u8::try_from(sets.len()).expect("few sets"));
    for set in sets {
        let length = u16::try_from(set.len()).expect("a small set").to_be_bytes();
        record.extend([&[0x80 | unit_type(set), 0, 1], length.as_slice(), set].concat());
    }
    boxed(*b"hvcC", &record)
}

fn units(stream: &[u8]) -> Vec<&[u8]> {
    let mut units = Vec::new();
    let mut rest = stream;
    while let Some(start) = rest.windows(3).position(|window| window == [0, 0, 1]) {
        let unit = &rest[start + 3..];
        let end = unit.windows(3).position(|window| window == [0, 0, 1] || window == [0, 0, 0]).unwrap_or(unit.len());
        units.push(&unit[..end]);
        rest = &unit[end..];
    }
    units
}

fn unit_type(unit: &[u8]) -> u8 {
    unit[0] >> 1 & 0x3F
}

fn is_parameter_set(unit: &[u8]) -> bool {
    (32..=34).contains(&unit_type(unit))
}

fn without_escapes(bytes: &[u8]) -> Vec<u8> {
    let mut plain: Vec<u8> = Vec::new();
    for &byte in bytes {
        if byte != 3 || !plain.ends_with(&[0, 0]) {
            plain.push(byte);
        }
    }
    plain
}
