/** Seconds a URL stays valid beyond what is promised, for the time it travels (schemas/service.json: "a small grace period"). */
export const URL_GRACE_SECONDS = 5;
