//! Hostile input: made from a seed, the same one every time.

/// Pieces that parsers trip over, put together at random.
const PIECES: &[&str] = &[
    "a",
    "B",
    "7",
    "0",
    "é",
    "ß",
    "漢",
    "🦀",
    "e\u{301}",
    "\u{202e}",
    "\0",
    " ",
    "  ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\"",
    "\"\"",
    "'",
    ",",
    ";",
    "%",
    "%2",
    "%C3",
    "%41",
    "&",
    "=",
    "+",
    "#",
    "?",
    "/",
    "//",
    ".",
    "..",
    "../",
    "\\",
    "-",
    "--",
    "_",
    "*",
    "**",
    ":",
    "<",
    ">",
    "<script>",
    "0x",
    "+1",
    "-1",
    "256",
    "999",
    "00",
    "18446744073709551615",
    "99999999999999999999",
    "1h",
    "9999999999999999d",
    "bytes=",
    "v",
];

/// Numbers at the borders.
const NUMBERS: &[u64] = &[
    0,
    1,
    2,
    3,
    7,
    127,
    128,
    255,
    256,
    16_383,
    16_384,
    65_535,
    65_536,
    4_294_967_295,
    4_294_967_296,
    9_223_372_036_854_775_807,
    9_223_372_036_854_775_808,
    18_446_744_073_709_551_615,
];

/// A source of input for one case, which remembers what it gave.
pub struct Hostile {
    state: u64,
    shown: String,
}

impl Hostile {
    /// The source for one case of a property.
    pub fn new(property: &str, seed: u64, case: u64) -> Self {
        let mut state = seed.rotate_left(32) ^ case;
        for byte in property.bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self {
            state,
            shown: String::new(),
        }
    }

    /// Everything given so far, as a person would read it.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn show(&mut self, given: &impl std::fmt::Debug) {
        if !self.shown.is_empty() {
            self.shown.push_str(", ");
        }
        self.shown.push_str(&format!("{given:?}"));
    }

    /// Text of up to eight pieces.
    pub fn text(&mut self) -> String {
        self.text_of(PIECES)
    }

    /// Text of up to eight of the given pieces.
    pub fn text_of(&mut self, pieces: &[&str]) -> String {
        let count = self.below(9);
        let text: String = (0..count)
            .map(|_| pieces[self.below(pieces.len())])
            .collect();
        self.show(&text);
        text
    }

    /// Up to sixteen bytes, border values more often than others.
    pub fn bytes(&mut self) -> Vec<u8> {
        let count = self.below(17);
        let bytes: Vec<u8> = (0..count)
            .map(|_| match self.below(4) {
                0 => 0xff,
                1 => 0x80,
                _ => self.next() as u8,
            })
            .collect();
        self.show(&bytes);
        bytes
    }

    /// A number at a border, or a small one.
    pub fn number(&mut self) -> u64 {
        let number = match self.below(3) {
            0 => self.next() % 20,
            _ => NUMBERS[self.below(NUMBERS.len())],
        };
        self.show(&number);
        number
    }

    /// A number below the bound.
    pub fn small(&mut self, bound: usize) -> usize {
        let number = self.below(bound);
        self.show(&number);
        number
    }

    /// Up to eight samples, infinities and not-a-numbers among them.
    pub fn samples(&mut self) -> Vec<f64> {
        let count = self.below(9);
        let samples: Vec<f64> = (0..count)
            .map(|_| match self.below(8) {
                0 => f64::NAN,
                1 => f64::INFINITY,
                2 => -0.0,
                _ => (self.next() % 1_000) as f64 / 10.0,
            })
            .collect();
        self.show(&samples);
        samples
    }
}
