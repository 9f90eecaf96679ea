import { UnauthorizedException } from '@nestjs/common';

/** A page is for those who are signed in; the visitor is sent to where that can be done. */
export class SignInRequired extends UnauthorizedException {}
