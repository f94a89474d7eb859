//! Links that the pages show: addresses, and the numbers of filings in mainland China.

/// Register of the internet content providers.
const ICP_REGISTER: &str = "https://beian.miit.gov.cn/";

/// Register of the public security authorities.
const POLICE_REGISTER: &str = "https://beian.mps.gov.cn/#/query/webSearch?code=";

/// Number of a filing, and where it can be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// The number as pages show it.
    pub number: String,
    /// Address of the register.
    pub url: String,
}

impl Filing {
    /// A number such as 京ICP备12345678号-1.
    pub(super) fn icp(text: &str) -> Option<Self> {
        let is_number = text.contains("ICP") && text.contains(|it: char| it.is_ascii_digit());
        let number = line(text, 40).filter(|_| is_number)?;
        Some(Self { number, url: ICP_REGISTER.to_owned() })
    }

    /// A number such as 京公网安备11010502000001号.
    pub(super) fn police(text: &str) -> Option<Self> {
        let number = line(text, 40).filter(|text| text.contains("公网安备"))?;
        let code: String = number.chars().filter(char::is_ascii_digit).collect();
        (8..=20)
            .contains(&code.len())
            .then(|| Self { url: format!("{POLICE_REGISTER}{code}"), number })
    }
}

/// One line of at most `most` characters, without control characters.
pub(super) fn line(text: &str, most: usize) -> Option<String> {
    let length = text.chars().count();
    let is_line = (1..=most).contains(&length) && !text.contains(char::is_control);
    (is_line && text.trim() == text).then(|| text.to_owned())
}

/// An address that a page links to: `https:` or a path of this host.
pub(super) fn page_address(text: &str) -> Option<String> {
    let is_path = text.starts_with('/') && !text.starts_with("//") && !text.contains('\\');
    address(text, is_path || is_https(text))
}

/// An address for help: also `mailto:` and `tel:`.
pub(super) fn support_address(text: &str) -> Option<String> {
    let has_scheme = |scheme| text.strip_prefix(scheme).is_some_and(|rest: &str| !rest.is_empty());
    page_address(text).or_else(|| address(text, has_scheme("mailto:") || has_scheme("tel:")))
}

fn is_https(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.has_host())
}

fn address(text: &str, is_allowed: bool) -> Option<String> {
    let is_visible = text.bytes().all(|it| it.is_ascii_graphic());
    (is_allowed && is_visible && text.len() <= 2048).then(|| text.to_owned())
}
