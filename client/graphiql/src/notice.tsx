import type { ReactNode } from 'react';

import { language } from './texts.ts';

interface NoticeProps {
  title: string;
  hint?: string;
  children?: ReactNode;
}

/** A page that says one thing. */
export function Notice({ title, hint, children }: NoticeProps) {
  return (
    <main className="notice" lang={language}>
      <div role="status">
        <h1>{title}</h1>
        {hint && <p>{hint}</p>}
      </div>
      {children}
    </main>
  );
}
