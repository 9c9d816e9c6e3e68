//! The places that the search knows.

/// A place as the geocoding service lists it.
pub(super) struct Place {
    pub(super) id: u32,
    pub(super) name: &'static str,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    pub(super) elevation: f64,
    pub(super) country_code: &'static str,
    pub(super) country: &'static str,
    pub(super) admin1: &'static str,
    pub(super) timezone: &'static str,
    pub(super) population: u32,
}

const fn place(
    (id, name): (u32, &'static str),
    (latitude, longitude, elevation): (f64, f64, f64),
    (country_code, country, admin1): (&'static str, &'static str, &'static str),
    (timezone, population): (&'static str, u32),
) -> Place {
    Place { id, name, latitude, longitude, elevation, country_code, country, admin1, timezone, population }
}

/// The known places; of two with the same name, the larger first.
pub(super) const PLACES: [Place; 8] = [
    place(
        (2_950_159, "Berlin"),
        (52.524_37, 13.410_53, 74.0),
        ("DE", "Germany", "Land Berlin"),
        ("Europe/Berlin", 3_426_354),
    ),
    place(
        (5_083_330, "Berlin"),
        (44.468_67, -71.185_08, 311.0),
        ("US", "United States", "New Hampshire"),
        ("America/New_York", 9_367),
    ),
    place(
        (2_988_507, "Paris"),
        (48.853_41, 2.348_8, 42.0),
        ("FR", "France", "Île-de-France"),
        ("Europe/Paris", 2_138_551),
    ),
    place(
        (4_717_560, "Paris"),
        (33.660_94, -95.555_51, 183.0),
        ("US", "United States", "Texas"),
        ("America/Chicago", 24_782),
    ),
    place(
        (2_643_743, "London"),
        (51.508_53, -0.125_74, 25.0),
        ("GB", "United Kingdom", "England"),
        ("Europe/London", 8_961_989),
    ),
    place(
        (5_128_581, "New York"),
        (40.714_27, -74.005_97, 10.0),
        ("US", "United States", "New York"),
        ("America/New_York", 8_804_190),
    ),
    place((1_850_147, "Tokyo"), (35.689_5, 139.691_71, 44.0), ("JP", "Japan", "Tokyo"), ("Asia/Tokyo", 9_733_276)),
    place(
        (3_448_439, "São Paulo"),
        (-23.547_5, -46.636_11, 769.0),
        ("BR", "Brazil", "São Paulo"),
        ("America/Sao_Paulo", 12_400_232),
    ),
];
