//! From the bytes of a body to JSON text: gzip, base64 and forms, under a cap.

use std::io::Read;

use axum::http::StatusCode;
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::read::GzDecoder;
use thiserror::Error;

/// The most that a body may become once it is unpacked, in bytes, on every route.
pub const MAX_DECODED_BYTES: usize = 64 * 1024 * 1024;

/// The one content type that is read as a form. PostHog compares it as a whole, so a charset behind it counts
/// as another type.
const FORM: &str = "application/x-www-form-urlencoded";

const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b, 0x08];

/// Old SDKs leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A body as it came over the wire, with the parts of the head that say how to read it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Encoded<'a> {
    /// The body; empty for a GET.
    pub body: &'a [u8],
    /// `Content-Type`, whole.
    pub content_type: Option<&'a str>,
    /// `Content-Encoding`.
    pub content_encoding: Option<&'a str>,
    /// The `data` parameter of the query, which stands for the body when there is none.
    pub query_data: Option<&'a str>,
}

/// JSON text, and how it was packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text, not yet known to be JSON.
    pub text: String,
    /// For instance `gzip` or `form+base64`; `none` for plain JSON.
    pub packing: String,
}

/// Why a body cannot be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PayloadError {
    /// Nothing there.
    #[error("the body is empty")]
    Empty,
    /// Not UTF-8 at this byte.
    #[error("the body is not UTF-8: first wrong byte at {0}")]
    NotUtf8(usize),
    /// Cut off or damaged.
    #[error("the gzip body cannot be unpacked: {0}")]
    Gzip(String),
    /// The header promises what the body does not keep.
    #[error("Content-Encoding is gzip, but the body does not begin as gzip does")]
    NotGzip,
    /// br, deflate, …
    #[error("Content-Encoding {0:?} is not supported; send gzip or none")]
    ContentEncoding(String),
    /// Neither JSON nor base64.
    #[error(
        "the body is neither JSON nor base64: {0}; a form body needs exactly the content type \
         application/x-www-form-urlencoded"
    )]
    Base64(String),
    /// A form without the field that holds the events.
    #[error("the form has no field named data")]
    NoFormData,
    /// More than [`MAX_DECODED_BYTES`].
    #[error("the body is larger than {MAX_DECODED_BYTES} bytes once unpacked")]
    TooLarge,
}

impl PayloadError {
    /// What the client is answered.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

/// Unpacks a body, layer by layer. Gzip is known by its first bytes, whatever the head says.
pub fn decode(encoded: Encoded<'_>) -> Result<Decoded, PayloadError> {
    let mut layers = Vec::new();
    let mut bytes = match encoded.query_data {
        Some(data) if encoded.body.is_empty() => {
            layers.push("query");
            data.as_bytes().to_vec()
        }
        _ => unpack_body(encoded, &mut layers)?,
    };
    if bytes.trim_ascii().is_empty() {
        return Err(PayloadError::Empty);
    }
    if !looks_like_json(&bytes) {
        bytes = unbase64(&bytes)?;
        layers.push("base64");
        bytes = unpack_gzip(bytes, &mut layers)?;
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| PayloadError::NotUtf8(error.utf8_error().valid_up_to()))?;
    let packing = if layers.is_empty() {
        "none".to_owned()
    } else {
        layers.join("+")
    };
    Ok(Decoded { text, packing })
}

fn unpack_body(
    encoded: Encoded<'_>,
    layers: &mut Vec<&'static str>,
) -> Result<Vec<u8>, PayloadError> {
    match encoded.content_encoding.map(str::trim) {
        None | Some("" | "identity") => {}
        Some(encoding) if encoding.eq_ignore_ascii_case("gzip") => {
            if !encoded.body.starts_with(GZIP_MAGIC) {
                return Err(PayloadError::NotGzip);
            }
        }
        Some(other) => return Err(PayloadError::ContentEncoding(other.to_owned())),
    }
    let bytes = unpack_gzip(encoded.body.to_vec(), layers)?;
    if encoded.content_type != Some(FORM) {
        return Ok(bytes);
    }
    layers.push("form");
    let (_, data) = form_urlencoded::parse(&bytes)
        .find(|(name, _)| name == "data")
        .ok_or(PayloadError::NoFormData)?;
    Ok(data.into_owned().into_bytes())
}

fn unpack_gzip(bytes: Vec<u8>, layers: &mut Vec<&'static str>) -> Result<Vec<u8>, PayloadError> {
    if !bytes.starts_with(GZIP_MAGIC) {
        return Ok(bytes);
    }
    layers.push("gzip");
    let mut unpacked = Vec::new();
    GzDecoder::new(bytes.as_slice())
        .take(MAX_DECODED_BYTES as u64 + 1)
        .read_to_end(&mut unpacked)
        .map_err(|error| PayloadError::Gzip(error.to_string()))?;
    if unpacked.len() > MAX_DECODED_BYTES {
        return Err(PayloadError::TooLarge);
    }
    Ok(unpacked)
}

/// JSON of any use here begins with a bracket, and base64 never does. A byte outside ASCII goes the way of text
/// too, to be refused as what it is.
fn looks_like_json(bytes: &[u8]) -> bool {
    match bytes.trim_ascii_start().first() {
        Some(b'{' | b'[') => true,
        Some(_) => !bytes.is_ascii(),
        None => false,
    }
}

fn unbase64(bytes: &[u8]) -> Result<Vec<u8>, PayloadError> {
    // A plus sign that was not escaped arrives from a query or a form as a blank.
    let restored: Vec<u8> = bytes
        .trim_ascii()
        .iter()
        .map(|&byte| if byte == b' ' { b'+' } else { byte })
        .collect();
    BASE64
        .decode(restored)
        .map_err(|error| PayloadError::Base64(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const JSON: &str = r#"{"event":"a","note":"ü"}"#;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn packing(encoded: Encoded<'_>) -> String {
        let decoded = decode(encoded).unwrap();
        assert_eq!(decoded.text, JSON);
        decoded.packing
    }

    #[test]
    fn each_packing_is_recognised() {
        let base64 = BASE64.encode(JSON);
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("data", &base64)
            .finish();
        let plain_form = form_urlencoded::Serializer::new(String::new())
            .append_pair("data", JSON)
            .finish();
        let zipped = gzip(JSON.as_bytes());
        let zipped_text = BASE64.encode(&zipped);

        let body = |body| Encoded {
            body,
            ..Encoded::default()
        };
        assert_eq!(packing(body(JSON.as_bytes())), "none");
        assert_eq!(packing(body(&zipped)), "gzip");
        assert_eq!(
            packing(Encoded {
                content_encoding: Some("gzip"),
                ..body(&zipped)
            }),
            "gzip"
        );
        assert_eq!(packing(body(base64.as_bytes())), "base64");
        assert_eq!(
            packing(body(base64.trim_end_matches('=').as_bytes())),
            "base64"
        );
        assert_eq!(packing(body(zipped_text.as_bytes())), "base64+gzip");
        assert_eq!(
            packing(Encoded {
                content_type: Some(FORM),
                ..body(form.as_bytes())
            }),
            "form+base64"
        );
        assert_eq!(
            packing(Encoded {
                content_type: Some(FORM),
                ..body(plain_form.as_bytes())
            }),
            "form"
        );
        assert_eq!(
            packing(Encoded {
                query_data: Some(&base64),
                ..Encoded::default()
            }),
            "query+base64"
        );
        assert_eq!(
            packing(Encoded {
                query_data: Some(JSON),
                ..Encoded::default()
            }),
            "query"
        );
    }

    #[test]
    fn a_plus_sign_that_became_a_blank_is_restored() {
        let text = r#"{"a":">>>???"}"#;
        let base64 = BASE64.encode(text).replace('+', " ");
        let decoded = decode(Encoded {
            body: base64.as_bytes(),
            ..Encoded::default()
        })
        .unwrap();
        assert_eq!(decoded.text, text);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let fails = |encoded: Encoded<'_>| decode(encoded).unwrap_err();
        let body = |body| Encoded {
            body,
            ..Encoded::default()
        };
        assert_eq!(fails(body(b"")), PayloadError::Empty);
        assert_eq!(fails(body(b" \n")), PayloadError::Empty);
        assert_eq!(fails(body(b"{\"a\":\"\xff\"}")), PayloadError::NotUtf8(6));
        assert_eq!(fails(body(b"\xff\xfe{}")), PayloadError::NotUtf8(0));
        assert!(matches!(
            fails(body(b"hello, world")),
            PayloadError::Base64(_)
        ));
        let zipped = gzip(JSON.as_bytes());
        assert!(matches!(
            fails(body(&zipped[..zipped.len() - 6])),
            PayloadError::Gzip(_)
        ));
        let promised = Encoded {
            content_encoding: Some("gzip"),
            ..body(JSON.as_bytes())
        };
        assert_eq!(fails(promised), PayloadError::NotGzip);
        let brotli = Encoded {
            content_encoding: Some("br"),
            ..body(JSON.as_bytes())
        };
        assert_eq!(fails(brotli), PayloadError::ContentEncoding("br".into()));
        let form = Encoded {
            content_type: Some(FORM),
            ..body(b"other=1")
        };
        assert_eq!(fails(form), PayloadError::NoFormData);
        let charset = Encoded {
            content_type: Some("application/x-www-form-urlencoded; charset=UTF-8"),
            ..body(b"data=e30=")
        };
        assert!(matches!(fails(charset), PayloadError::Base64(_)));
    }

    #[test]
    fn a_small_body_that_unpacks_to_a_huge_one_is_too_large() {
        let bomb = gzip(&vec![b' '; MAX_DECODED_BYTES + 1]);
        let error = decode(Encoded {
            body: &bomb,
            ..Encoded::default()
        })
        .unwrap_err();
        assert_eq!(error.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
}
