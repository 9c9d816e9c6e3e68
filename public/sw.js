// The service worker of notifications: shows that a request waits, and opens the inbox. It stores nothing and handles no
// requests.

// A service worker has no page that could hold its texts.
const TEXTS = {
  en: ['A request waits for you', 'Open your inbox to see it.'],
  es: ['Te espera una petición', 'Abre tu bandeja para verla.'],
  de: ['Eine Anfrage wartet auf Sie', 'Öffnen Sie Ihren Eingang, um sie zu sehen.'],
}
const INBOX = new URL('/inbox', self.location.origin).href

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

// The message says nothing more than that somebody waits, so its content is not read.
self.addEventListener('push', (event) => {
  const [title, body] = TEXTS[self.navigator.language.slice(0, 2)] ?? TEXTS.en
  const options = { body, tag: 'approval', renotify: true, icon: '/favicon.svg' }
  event.waitUntil(self.registration.showNotification(title, options))
})

async function open() {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const inbox = windows.find((own) => new URL(own.url).pathname === '/inbox')
  // The page that is open may be older than the request.
  if (inbox) return (await inbox.focus()).navigate(INBOX)
  return self.clients.openWindow(INBOX)
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open())
})
