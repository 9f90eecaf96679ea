import {
  type ArgumentsHost,
  BadRequestException,
  Catch,
  type ExceptionFilter,
  HttpException,
  InternalServerErrorException,
  Logger,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { CookieOverflowError, SessionInterruptedError } from 'nest-sessions';
import { SignInRequired } from '../account/sign-in-required.js';
import { problemView } from './problem.view.js';

/** Answers with a page where a browser asks for one, and to everybody else as Nest does. */
@Catch()
export class ProblemPageFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const problem = problemOf(error);
    const wantsPage = request.accepts(['json', 'html']) === 'html';
    const next = wantsPage ? nextPage(problem, request) : undefined;
    if (next !== undefined) {
      response.redirect(303, next);
      return;
    }
    response.status(problem.getStatus());
    if (wantsPage) response.send(problemView(problem).toString());
    else response.json(problem.getResponse());
  }
}

/** Where a browser finds what it asks for. */
function nextPage(problem: HttpException, { method, path, url }: Request): string | undefined {
  if (problem instanceof SignInRequired) return `/sign-in?next=/${path.split('/')[1]}`;
  // While the page was made, another tab has signed out, or in. By now the browser has the cookie that is right.
  if (problem instanceof SessionInterruptedError && method === 'GET') return url;
  return undefined;
}

function problemOf(error: unknown): HttpException {
  if (error instanceof HttpException) return error;
  if (error instanceof CookieOverflowError) return new BadRequestException(error.message);
  new Logger('Shop').error(error);
  return new InternalServerErrorException('Something went wrong here. It is not your fault.');
}
