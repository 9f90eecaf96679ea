import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';

/** Somebody before a tab of the sample application. What is done waits until the page shows it, with JavaScript or without. */
export class ShopVisitor {
  constructor(
    readonly page: Page,
    private readonly address: string,
  ) {}

  /** In a browser of its own, as far as cookies go. */
  static async arrive(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<ShopVisitor> {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
    context.setDefaultTimeout(20_000);
    const visitor = new ShopVisitor(await context.newPage(), address);
    await visitor.open('/');
    return visitor;
  }

  /** Another tab of the same browser. */
  async anotherTab(): Promise<ShopVisitor> {
    const tab = new ShopVisitor(await this.page.context().newPage(), this.address);
    await tab.open('/');
    return tab;
  }

  async leave(): Promise<void> {
    await this.page.context().close();
  }

  async open(path: string): Promise<void> {
    await this.page.goto(this.address + path);
  }

  get path(): string {
    return new URL(this.page.url()).pathname;
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  async click(button: string): Promise<void> {
    await this.button(button).click();
  }

  /** Clicks the button of a print and waits for the number that the cart then has. */
  async add(print: string, count: number): Promise<void> {
    await this.click(`Add to cart: ${print}`);
    await this.cartHas(count);
  }

  async cartHas(count: number): Promise<void> {
    await this.page.getByRole('link', { name: `Cart ${count}`, exact: true }).waitFor();
  }

  /** The prints on the page of the cart, each with how many of it. */
  async cart(): Promise<Record<string, number>> {
    await this.open('/cart');
    const lines = await this.page.locator('.line').all();
    const read = async (line: Locator) =>
      [await line.locator('h2').innerText(), Number(await line.locator('.quantity > span').innerText())] as const;
    return Object.fromEntries(await Promise.all(lines.map(read)));
  }

  /** @param user a name, which is also the beginning of nobody else's */
  async signIn(user: 'ada' | 'grace' = 'ada'): Promise<void> {
    if (this.path !== '/sign-in') await this.open('/sign-in');
    await this.enter(user, user === 'ada' ? 'analytical engine' : 'nanoseconds');
    await this.says(`Welcome, ${user === 'ada' ? 'Ada' : 'Grace'}.`);
  }

  async enter(user: string, password: string): Promise<void> {
    await this.page.getByLabel('Name', { exact: true }).fill(user);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.locator('main').getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  /** Waits until the page says so. */
  async says(text: string): Promise<void> {
    await this.page.getByRole('status').getByText(text).waitFor();
  }

  /** What the inspector tells of the session. */
  async fact(term: 'Engine' | 'Key' | 'Cookie' | 'Ends' | 'Size'): Promise<string> {
    const facts = this.page.getByRole('complementary', { name: 'Session inspector' }).locator('dl > div');
    return facts
      .filter({ has: this.page.locator(`dt:text-is("${term}")`) })
      .locator('dd')
      .innerText();
  }

  /** The fingerprint of the session's key. */
  async key(): Promise<string> {
    return (await this.fact('Key')).split(' ')[0]!;
  }

  /** What the inspector says of the last form. */
  changes(): Promise<string> {
    return this.page.locator('#changes').innerText();
  }
}
