"""One view: it does the operations in the body and answers with what they gave."""

import json

from django.http import HttpResponse
from django.urls import path

import operations


def do(request):
    response = HttpResponse(content_type='application/json')
    results = [getattr(operations, name)(request, response, *parameters) for name, *parameters in json.loads(request.body)]
    response.content = json.dumps(results, separators=(',', ':'))
    return response


urlpatterns = [path('do', do)]
