/**
 * The names and types of an application's flash messages. Empty until augmented, as {@link SessionData} is; until then any
 * name is allowed and its value is `any`.
 *
 * ```ts
 * declare module 'nest-sessions' {
 *   interface FlashData { notice: string }
 * }
 * ```
 */
export interface FlashData {}
