use crate::http::pages::flow::FlowId;

/// Page to which a person returns from a confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Then(String);

/// Pages whose forms may need a confirmation.
const PAGES: [&str; 4] =
    ["/account/data", "/account/delete", "/account/number", "/account/password"];
/// Pages with a flow, without its name.
const FLOW_PAGES: [&str; 2] = ["/account/number?f=", "/account/number/code?f="];
const DEFAULT: &str = "/account";

impl Then {
    /// The page at `address`, which the browser names. Any other address than that of a page which
    /// needs confirmations is replaced, so that no link leads elsewhere.
    pub(super) fn read(address: &str) -> Self {
        let is_page = PAGES.contains(&address);
        let is_in_flow = |page| address.strip_prefix(page).is_some_and(FlowId::is_valid);
        let is_own = is_page || FLOW_PAGES.into_iter().any(is_in_flow);
        Self(if is_own { address } else { DEFAULT }.to_owned())
    }

    /// The page that the query of a confirmation names.
    pub(super) fn of(query: &str) -> Self {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let address = pairs.find(|(key, _)| key == "then").map(|(_, value)| value);
        Self::read(&address.unwrap_or_default())
    }

    pub(super) fn address(&self) -> &str {
        &self.0
    }

    /// Address of the confirmation. What pages have in their addresses needs no escape in a query.
    pub(super) fn confirmation(&self) -> String {
        format!("/account/confirm?then={}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_pages_are_returned_to() {
        let in_flows = ["/account/number?f=abcdefgh", "/account/number/code?f=abcdefgh"];
        for address in PAGES.into_iter().chain(in_flows) {
            let then = Then::read(address);
            assert_eq!(then.address(), address);
            let confirmation = then.confirmation();
            let (_, query) = confirmation.split_once('?').unwrap();
            assert_eq!(Then::of(query), then, "{confirmation}");
            assert_eq!(Then::of(&format!("lang=en&{query}&f=abcdefgh")), then);
        }
        assert_eq!(Then::of("then=%2Faccount%2Fnumber").address(), "/account/number");
    }

    #[test]
    fn hostile_addresses_lead_to_the_account() {
        for address in [
            "",
            "/",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "https://evil.example/account/number",
            "HTTPS:evil.example",
            "https:/account/number",
            "javascript:alert(1)",
            "data:text/html,x",
            "/account/number@evil.example",
            "/account/number\r\nSet-Cookie: a=b",
            "/account/number\n",
            "\n/account/number",
            " /account/number",
            "/account/number ",
            "/account/number/",
            "/account/number?x=1",
            "/account/number#x",
            "/account/number/code",
            "/account/number/code?f=",
            "/account/number/code?f=ABCDEFGH",
            "/account/number/code?f=abcdefgh&then=x",
            "/account/number/code?f=../../..",
            "/account/number/../../sign-out",
            "/account/%6eumber",
            "/account/confirm",
            "/sign-out",
            "/static/x",
            ".evil.example",
            "@evil.example",
            "account/number",
            "/ACCOUNT/NUMBER",
            "/account/number\0",
            "／account／number",
        ] {
            assert_eq!(Then::read(address).address(), DEFAULT, "{address:?}");
            let encoded: String = form_urlencoded::byte_serialize(address.as_bytes()).collect();
            assert_eq!(Then::of(&format!("then={encoded}")).address(), DEFAULT, "{encoded}");
        }
        assert_eq!(Then::of("").address(), DEFAULT);
        assert_eq!(Then::of("then=//e&then=/account/data").address(), DEFAULT, "the first counts");
    }
}
