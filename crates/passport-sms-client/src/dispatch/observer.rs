use std::fmt;

use time::OffsetDateTime;
use tracing::warn;
use uuid::Uuid;

use crate::client::{Delivery, Receipt};
use crate::dispatch::Dispatch;
use crate::message::Prefix;
use crate::outbox::{OutboxError, ReceiptEffect, Which};
use crate::router::Report;

/// Reader of what happens to messages, such as a metric. Methods neither wait nor fail.
pub trait DispatchObserver: fmt::Debug + Send + Sync + 'static {
    /// A message to `country` was handed to the gateways of `report`, or to none.
    fn sent(&self, country: Prefix, report: &Report);

    /// A gateway reported a new delivery status of a message to `country`.
    fn delivery(&self, gateway: &str, country: Prefix, delivery: Delivery);

    /// The code in a message to `country` was redeemed, which `gateway` delivered or may have delivered.
    fn redeemed(&self, gateway: &str, country: Prefix);
}

impl Dispatch {
    /// Records a receipt as [`Outbox::receipt`](crate::Outbox::receipt) does, and reports it to the
    /// observer.
    ///
    /// # Errors
    ///
    /// The outbox did not answer.
    pub async fn receipt(
        &self,
        gateway: &str,
        receipt: &Receipt,
        now: OffsetDateTime,
    ) -> Result<ReceiptEffect, OutboxError> {
        let effect = self.outbox().receipt(gateway, receipt, now).await?;
        if let (Some(observer), ReceiptEffect::News) = (&self.observer, effect) {
            let provider_id = &receipt.provider_id;
            for way in self.ways(Which::Accepted { gateway, provider_id }).await {
                observer.delivery(gateway, way, receipt.delivery);
            }
        }
        Ok(effect)
    }

    /// Records a redeemed code as [`Outbox::redeemed`](crate::Outbox::redeemed) does, and reports it to
    /// the observer.
    ///
    /// # Errors
    ///
    /// The outbox did not answer.
    pub async fn redeemed(&self, id: Uuid) -> Result<bool, OutboxError> {
        let is_news = self.outbox().redeemed(id).await?;
        if let (Some(observer), true) = (&self.observer, is_news) {
            match self.outbox().ways(Which::Message(id)).await {
                Ok(ways) => ways.iter().for_each(|it| observer.redeemed(&it.gateway, it.country)),
                Err(error) => warn_of(&error),
            }
        }
        Ok(is_news)
    }

    /// Countries of the attempts. The receipt is recorded, so a failure is logged only.
    async fn ways(&self, which: Which<'_>) -> Vec<Prefix> {
        match self.outbox().ways(which).await {
            Ok(ways) => ways.into_iter().map(|way| way.country).collect(),
            Err(error) => {
                warn_of(&error);
                Vec::new()
            }
        }
    }
}

fn warn_of(error: &OutboxError) {
    let error = error as &dyn std::error::Error;
    warn!(error, "a delivery is missing in the metrics: its gateway and country could not be read");
}
