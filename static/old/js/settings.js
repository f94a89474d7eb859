// Settings of the service that the pages follow. The service sends this file with the effective values; these are the defaults.

export default {
  "codeSeconds": 300,
  "hasInbox": true,
  "passwordMax": 128,
  "passwordMin": 8,
  "pictureHeight": 56,
  "pictureLength": 5,
  "pictureWidth": 176,
  "resendSeconds": 60
};
