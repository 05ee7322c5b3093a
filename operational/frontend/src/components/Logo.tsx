/** The product's mark. */
export function Logo({ size = 32 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--psa-accent)" />
      <path d="M8 10h16M8 16h11M8 22h6" stroke="var(--psa-accent-ink)" strokeWidth="3" strokeLinecap="round" />
    </svg>
  );
}
