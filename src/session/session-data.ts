/**
 * The names and types of what an application keeps in its sessions. Empty until augmented:
 *
 * ```ts
 * declare module 'nest-sessions' {
 *   interface SessionData { userId: number; cart: Item[] }
 * }
 * ```
 *
 * Until then any name is allowed and its value is `any`.
 */
export interface SessionData {}
