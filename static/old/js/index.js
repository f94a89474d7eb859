// The start page: leads to the account or to sign-in.

import { get } from "./api.js";

const answer = await get("/api/v1/session");
location.replace(answer.ok ? "/account" : "/sign-in");
