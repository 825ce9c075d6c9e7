//! What is to be found. Check digits of made-up numbers were computed by other programs.

/// Personal things with their kinds.
const VECTORS: [(&str, &[&str]); 6] = [
    (
        "email",
        &[
            "jane@example.com",
            "jane.doe+news@mail.example.co.uk",
            "o'brien_x%y@a-b.io",
            "JANE@EXAMPLE.COM",
            "jürgen.müller@bücher.example",
            "иван@почта.рф",
            "用户@例子.公司",
            "संपर्क@डाटामेल.भारत",
            "jane%40example.com",
            "12345678Z@example.com",
            "1@2.museum",
        ],
    ),
    (
        "card",
        &[
            "4111111111111111",
            "4222222222222",
            "4000000000000000006",
            "5555555555554444",
            "2223003122003222",
            "378282246310005",
            "3782 822463 10005",
            "30569309025904",
            "3056 930902 5904",
            "36227206271667",
            "38520000023237",
            "6011111111111117",
            "6011000000000000001",
            "6500000000000002",
            "3530111333300000",
            "3528000000000007",
            "621234567890123457",
            "50180000000009",
            "6304000000000000",
            "560000000000000003",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "4111+1111+1111+1111",
            "4111\u{a0}1111\u{a0}1111\u{a0}1111",
            "4111\u{202f}1111\u{202f}1111\u{202f}1111",
            "4222 222 222 222",
            "4000 0000 0000 0000 006",
        ],
    ),
    (
        "iban",
        &[
            "DE89370400440532013000",
            "DE89 3704 0044 0532 0130 00",
            "GB29 NWBK 6016 1331 9268 19",
            "gb29nwbk60161331926819",
            "NO9386011117947",
            "NO93 8601 1117 947",
            "BE68 5390 0754 7034",
            "MT84MALT011000012345MTLCAST001S",
        ],
    ),
    (
        "national_id",
        &[
            // Spain
            "12345678Z",
            "12345678-Z",
            "12345678z",
            "X1234567L",
            "Y-1234567-X",
            "Z1234567R",
            // Italy
            "RSSMRA85T10A562S",
            "rssmra85t10a562s",
            "MRTMTT25D09F205Z",
            // France
            "255081416802538",
            "2 55 08 14 168 025 38",
            "185052A03300679",
            "1 85 05 2B 033 006 09",
            // Finland
            "131052-308T",
            "010101A123N",
            "241299+987J",
            // Poland
            "44051401359",
            "05270312349",
            "85021701237",
            // Brazil
            "529.982.247-25",
            "52998224725",
            "529982247-25",
            "12345678909",
            // Belgium
            "85.07.30-033.28",
            "85073003328",
            "01020312345",
            "85223045601",
            // China
            "11010519491231002X",
            "440308199901101512",
            // Sweden
            "811278-9873",
            "670919-9530",
            "670919+9530",
            "19670919-9530",
            "196709199530",
            "701063-2391",
            // Turkey
            "10000000146",
            // Germany
            "86095742719",
            "86 095 742 719",
            "47036892816",
            "65929970489",
            // Switzerland
            "756.9217.0769.85",
            "7561234567897",
            // South Africa
            "8001015009087",
            "800101 5009 087",
            "9202204720083",
            // India
            "2341 2341 2346",
            "9999-9999-0019",
            "4987 6543 2102",
            // United Kingdom
            "943 476 5919",
            "401 023 2137",
            // Netherlands
            "1112.22.333",
            // United States
            "536-90-4399",
        ],
    ),
    (
        "jwt",
        &[
            JWT,
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0",
            "eyJhbGciOiJub25lIn0.eyJz",
            "eyJhbGci-4111111111111111-In0.eyJzdWIiOiIxIn0.x",
        ],
    ),
    (
        "key",
        &[
            "sk_live_51H8xYzAbCdEfGhIjK",
            "rk_test_51H8xYzAbCdEfGhIjK",
            "sk-ant-api03-AbCdEf_0123456789-xyz",
            "sk-proj-0123456789abcdefghij",
            "ghp_0123456789abcdefghijABCDEFGHIJ012345",
            "github_pat_11ABCDEFG0123456789_abcdef",
            "glpat-AbCdEfGhIjKlMnOpQrSt",
            "xoxb-123456789012-1234567890123-AbCdEfGh",
            "AKIAIOSFODNNSEXAMPLE",
            "AIzaSyA-0123456789abcdefghijklmnopqrstu",
            "ya29.a0AfH6SMBx0123456789",
            "SG.ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "phx_0123456789abcdefghij",
        ],
    ),
];

/// A JSON web token.
pub(super) const JWT: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P";

/// What stands behind the name of a scheme of authorisation.
pub(super) const TOKENS: [&str; 3] = [
    "dXNlcjpwYXNzd29yZA==",
    "mF_9.B5f-4.1JqM",
    "0123456789abcdef",
];

/// Each with its kind.
pub(super) fn vectors() -> impl Iterator<Item = (&'static str, &'static str)> {
    VECTORS
        .into_iter()
        .flat_map(|(kind, texts)| texts.iter().map(move |text| (kind, *text)))
}
