//! Proxies that ask at `/forward-auth`: what passport answers, and what real proxies make of it with the
//! examples of `deploy/`.

mod answers;
mod app;
mod hostile;
mod message;
mod nodes;
mod outages;
mod passing;
mod proxy;
mod refusals;
mod scene;
