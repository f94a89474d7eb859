//! The price of a message, from the gateway to the outbox.

use std::sync::Arc;
use std::time::Duration;

use passport_sms_client::{
    Bill, Dispatch, Outbox, Outcome, Price, Recorder, Route, Router, RouterPolicy, SealingKey,
};
use passport_storage_memory::MemoryOutbox;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::dispatch::KEY;
use crate::{START, clock, message};

#[tokio::test(start_paused = true)]
async fn l4_a_price_is_kept_where_the_gateway_tells_it() {
    let outbox: Arc<dyn Outbox> = Arc::new(MemoryOutbox::default());
    let gateway = Recorder::new();
    let bill = Bill::UNKNOWN.with_price(Price::parse("0.0333", "EUR")).with_parts(Some(2));
    gateway.answer(Outcome::accepted(Some("1".to_owned())).with_bill(bill));
    gateway.answer(Outcome::accepted(Some("2".to_owned())).with_bill(bill));
    let only = vec![Route::new("only", Arc::new(gateway.clone()))];
    let rng = || StdRng::seed_from_u64(1);
    let router = Router::new(only, RouterPolicy::default(), clock(), rng()).unwrap();
    let dispatch = Dispatch::new(router, Arc::clone(&outbox), SealingKey::new(KEY), rng());
    // The third message has no bill.
    for told in [bill, bill, Bill::UNKNOWN] {
        match dispatch.deliver(&message()).await.outcome {
            Outcome::Accepted { bill, .. } => assert_eq!(bill, told),
            other => panic!("{other:?}"),
        }
    }
    let costs = outbox.costs(START, START + Duration::from_mins(1)).await.unwrap();
    let [cost] = &costs[..] else { panic!("{costs:?}") };
    assert_eq!((cost.gateway.as_str(), cost.thousandths), ("only", 6_660));
    assert_eq!((cost.messages, cost.parts), (2, 4));
    assert_eq!(cost.currency.map(|it| it.to_string()).as_deref(), Some("EUR"));
}
