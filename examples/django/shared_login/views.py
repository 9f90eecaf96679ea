from django.contrib.auth import get_user_model, login, logout
from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.views.decorators.http import require_POST

PAGE = """<!doctype html>
<title>Django</title>
<h1>Django</h1>
<p>You are <b>{}</b>, and have counted to <b>{}</b>.</p>
<form method="post" action="/django/login"><input name="user" placeholder="Name"> <button>Sign in</button></form>
<form method="post" action="/django/counter"><button>Count</button></form>
<form method="post" action="/django/logout"><button>Sign out</button></form>
<p><a href="/">The sample application on Nest</a></p>
"""


def home(request):
    name = request.user.get_username() or 'nobody'
    return HttpResponse(format_html(PAGE, name, request.session.get('count', 0)))


def me(request):
    """As GET /me of the sample application."""
    if not request.user.is_authenticated:
        return JsonResponse({'message': 'Sign in first'}, status=401)
    return JsonResponse({'user': request.user.get_username()})


@require_POST
def log_in(request):
    name = request.POST.get('user', '').strip()
    if not name:
        return HttpResponseBadRequest('Say who you are.')
    user, _ = get_user_model().objects.get_or_create(username=name)
    login(request, user, backend='django.contrib.auth.backends.ModelBackend')
    return redirect('/django/')


@require_POST
def log_out(request):
    logout(request)
    return redirect('/django/')


@require_POST
def count(request):
    """As POST /counter of the sample application, on the same number."""
    request.session['count'] = request.session.get('count', 0) + 1
    return redirect('/django/')
