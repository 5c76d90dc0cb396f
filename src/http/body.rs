//! Bodies, read no further than they can be of use.

/// More of an error's body is not read.
const LONGEST_ERROR_BODY: usize = 64 * 1024;
/// More than the longest page: a hundred releases with a million characters of notes each.
const LONGEST_BODY: usize = 512 * 1024 * 1024;

/// Why a body was not read to its end.
pub(crate) enum Unread {
    /// The connection ended before it did.
    BrokeOff(reqwest::Error),
    /// No answer is that long.
    TooLong,
}

/// A whole body.
pub(crate) async fn read_all(mut response: reqwest::Response) -> Result<Vec<u8>, Unread> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Unread::BrokeOff)? {
        if body.len() + chunk.len() > LONGEST_BODY {
            return Err(Unread::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// As much of an error's body as came; that it broke off is not what is wrong.
pub(crate) async fn read_some(mut response: reqwest::Response) -> Vec<u8> {
    let mut body = Vec::new();
    while body.len() < LONGEST_ERROR_BODY {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) | Err(_) => break,
        }
    }
    body
}
