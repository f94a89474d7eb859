//! The text format of Prometheus, read as strictly as the tests need.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Client;

use crate::support::Service;

/// One scrape.
#[derive(Debug)]
pub(crate) struct Metrics {
    /// Type of each family.
    pub(crate) types: BTreeMap<String, String>,
    pub(crate) samples: Vec<Sample>,
}

/// One line with a value.
#[derive(Debug, PartialEq)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) value: f64,
}

impl Metrics {
    /// Scrapes the listener that the log of `service` names.
    pub(crate) async fn of(service: &Service) -> Self {
        let page = Client::new().get(url(service)).send().await.unwrap();
        assert_eq!(page.status(), 200);
        Self::parse(&page.text().await.unwrap())
    }

    pub(crate) fn parse(text: &str) -> Self {
        let (mut types, mut samples) = (BTreeMap::new(), Vec::new());
        for line in text.lines() {
            if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').unwrap();
                types.insert(name.to_owned(), kind.to_owned());
            } else if !line.starts_with('#') {
                samples.push(Sample::parse(line));
            }
        }
        Self { types, samples }
    }

    /// Sum of the samples with this name and these labels, among others.
    pub(crate) fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let has = |sample: &&Sample| {
            sample.name == name
                && labels
                    .iter()
                    .all(|(key, value)| sample.labels.get(*key).is_some_and(|it| it == value))
        };
        self.samples.iter().filter(has).map(|sample| sample.value).sum()
    }

    /// Labels of each family, without those of buckets.
    pub(crate) fn labels(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut labels: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for sample in &self.samples {
            let own = sample.labels.keys().filter(|key| *key != "le").cloned();
            labels.entry(self.family(sample).to_owned()).or_default().extend(own);
        }
        labels
    }

    /// The family of a sample: histograms have samples with suffixes.
    fn family<'a>(&'a self, sample: &'a Sample) -> &'a str {
        let name = sample.name.as_str();
        let of_histogram =
            ["_bucket", "_sum", "_count"].iter().find_map(|it| name.strip_suffix(it));
        of_histogram.filter(|family| self.types.contains_key(*family)).unwrap_or(name)
    }
}

impl Sample {
    fn parse(line: &str) -> Self {
        let (series, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = match series.split_once('{') {
            None => (series, BTreeMap::new()),
            Some((name, labels)) => {
                let labels = labels.strip_suffix('}').unwrap();
                let pairs = labels.split("\",").filter(|pair| !pair.is_empty());
                let pair = |pair: &str| {
                    let (key, value) = pair.split_once("=\"").unwrap();
                    (key.to_owned(), value.trim_end_matches('"').to_owned())
                };
                (name, pairs.map(pair).collect())
            }
        };
        Self { name: name.to_owned(), labels, value: value.parse().unwrap() }
    }
}

/// URL of the page of metrics.
pub(super) fn url(service: &Service) -> String {
    let log = service.log();
    let line = log.lines().find(|line| line.contains("the metrics are shown"));
    let line: serde_json::Value = serde_json::from_str(line.expect(&log)).unwrap();
    format!("http://{}/metrics", line["metrics"].as_str().unwrap())
}
