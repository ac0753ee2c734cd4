import inspect

def function(x):
    # a comment in it
    return x

class Class:
    def method(self): return 1

print(inspect.getsource(function))
print(inspect.getsource(Class.method))
print(inspect.getsource(Class))
inspect.getsourcefile(function) == __file__, inspect.getsourcelines(Class)[1]
