/** Where somebody logs in anew to go on with their account: at the provider they came by, else on our own page. */
export function loginAgain(providerId: string | null): string {
  const next = new URLSearchParams({ next: "/account" });
  if (providerId === null) return `/login?${next}`;
  next.set("again", "true");
  return `/api/auth/sso/${providerId}/start?${next}`;
}
