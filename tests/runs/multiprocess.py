import multiprocessing

def square(n):
    return n * n

def speak(word):
    print("child says", word)

if __name__ == "__main__":
    for method in ("fork", "spawn"):
        context = multiprocessing.get_context(method)
        with context.Pool(1) as pool:
            print(method, pool.map(square, range(4)))
        process = context.Process(target=speak, args=(method,))
        process.start()
        process.join()
        print("joined", process.exitcode)
