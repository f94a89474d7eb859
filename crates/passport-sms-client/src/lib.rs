//! Sends a short message through a gateway, and says truthfully what became of it.
