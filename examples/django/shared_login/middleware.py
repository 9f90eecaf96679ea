from django.contrib.auth import get_user_model, login


class SharedLoginMiddleware:
    """
    Logs in here whom the sample application has logged in. The session says who that is, and nobody without the secret can
    write one. Like the sample application this asks for no password, and makes users as they come.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        name = request.session.get('user')
        if name and name != request.user.get_username():
            user, _ = get_user_model().objects.get_or_create(username=name)
            login(request, user, backend='django.contrib.auth.backends.ModelBackend')
        return self.get_response(request)
