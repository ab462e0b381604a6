import { describe, expect, it, vi } from 'vitest';

vi.mock('../api', () => ({ request: vi.fn(), accepted: vi.fn() }));

import { endOf } from './expiry';
import { isOpen } from './links';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');

describe('a share link', () => {
  it('is open until it ends or is revoked', () => {
    expect(isOpen({ revokedAt: null, expiresAt: null }, NOW)).toBe(true);
    expect(isOpen({ revokedAt: null, expiresAt: '2026-03-01T12:00:01.000Z' }, NOW)).toBe(true);
    expect(isOpen({ revokedAt: null, expiresAt: '2026-03-01T12:00:00.000Z' }, NOW)).toBe(false);
    expect(isOpen({ revokedAt: '2026-02-01T12:00:00.000Z', expiresAt: null }, NOW)).toBe(false);
  });

  it('ends after a while, never, or with the chosen day', () => {
    expect(endOf('WEEK', '', NOW)).toBe('2026-03-08T12:00:00.000Z');
    expect(endOf('NEVER', '2026-03-02', NOW)).toBe(null);
    expect(endOf('DAY', '2026-03-02', NOW)).toBe(new Date(2026, 2, 2, 23, 59, 59, 999).toISOString());
  });

  it('has no end where no day was typed', () => {
    expect(endOf('DAY', '', NOW)).toBe(null);
  });
});
