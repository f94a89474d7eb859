//! Reads WAV files as a browser does.

/// Duration of a WAV file, which must have one header, one `fmt ` chunk of PCM and one `data` chunk.
#[track_caller]
pub(crate) fn seconds(file: &[u8]) -> f64 {
    assert_eq!(&file[..4], b"RIFF", "one header");
    assert_eq!(&file[8..12], b"WAVE");
    assert_eq!(number(&file[4..8]) as usize + 8, file.len(), "it ends where it says");
    assert_eq!(file.windows(4).filter(|it| it == b"RIFF").count(), 1, "one file");
    let (mut at, mut bytes_a_second, mut bytes) = (12, None, None);
    while at + 8 <= file.len() {
        let (name, length) = (&file[at..at + 4], number(&file[at + 4..at + 8]));
        let body = &file[at + 8..];
        match name {
            b"fmt " => {
                assert_eq!(body[..2], [1, 0], "PCM, which every browser plays");
                assert!(bytes_a_second.replace(number(&body[8..12])).is_none());
            }
            b"data" => assert!(bytes.replace(length).is_none()),
            _ => {}
        }
        at += 8 + (length + length % 2) as usize;
    }
    f64::from(bytes.expect("there is sound")) / f64::from(bytes_a_second.expect("a format"))
}

fn number(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes.try_into().unwrap())
}
