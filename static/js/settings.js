// What the pages must know of the settings. The service sends this file with the values in force; these are the defaults.

export default {
  "codeSeconds": 300,
  "hasInbox": true,
  "passwordMax": 128,
  "passwordMin": 8,
  "pictureLength": 5,
  "resendSeconds": 60
};
