//! Draws a text so that people can read it and programs cannot.
