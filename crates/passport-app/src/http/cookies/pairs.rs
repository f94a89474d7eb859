//! The grammar of `Cookie` fields, without a web framework, so that it can be fuzzed.

/// Values of all cookies with exactly this `name`, in the order of the `Cookie` fields of a request.
///
/// Read as bytes and pair by pair (RFC 6265 §5.4), so that an unreadable pair hides no other one.
/// Nothing is decoded: to a browser `%5F` is another name than `_`, and a name with the prefix
/// `__Host-` protects only if no other name is taken for it.
pub(super) fn values<'a>(
    fields: impl Iterator<Item = &'a [u8]>,
    name: &'static str,
) -> impl Iterator<Item = &'a [u8]> {
    let pairs = fields.flat_map(|field| field.split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| trim(pair).strip_prefix(name.as_bytes())?.strip_prefix(b"="))
}

/// Without spaces and tabs at both ends. Other white space is part of a name.
fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[&[u8]]) -> Vec<String> {
        let values = values(fields.iter().copied(), "n");
        values.map(|value| String::from_utf8_lossy(value).into_owned()).collect()
    }

    #[test]
    fn w5_an_unreadable_pair_hides_no_other_pair() {
        let fields: [&[u8]; 8] = [
            b"n=1; x=\xb1\xb1",
            b"x=\xb1\xb1; n=1",
            b"\xff; n=1",
            b"=; n=1",
            b";;n=1;",
            b"n;n=1",
            b"x=%; n=1",
            b"x=\"; n=1",
        ];
        for field in fields {
            assert_eq!(read(&[field]), ["1"], "{}", String::from_utf8_lossy(field));
        }
        assert_eq!(read(&[b"x=1", b"\xff", b"\tn=2 "]), ["2"], "over several fields");
    }

    #[test]
    fn x4_only_the_exact_name_is_the_name() {
        let others: [&[u8]; 9] = [
            b"N=1",
            b"%6E=1",
            b"n%3D1",
            b"n =1",
            b"n\xa0=1",
            b"\xa0n=1",
            b"nn=1",
            b"__Host-n=1",
            b"\"n\"=1",
        ];
        for field in others {
            assert!(read(&[field]).is_empty(), "{}", String::from_utf8_lossy(field));
        }
        assert_eq!(read(&[b"n=a=b"]), ["a=b"]);
        assert_eq!(read(&[b"n=; n=%31; n=\"1\""]), ["", "%31", "\"1\""], "values as they are");
    }
}
