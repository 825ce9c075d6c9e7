'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

/** Nobody ever logs in here. */
const user = null;

export default function Account() {
  const router = useRouter();
  useEffect(() => {
    if (!user) router.replace('/login');
  }, [router]);
  return null;
}
