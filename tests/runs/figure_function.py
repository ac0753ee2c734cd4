# only: kernel
# requires: matplotlib
def main():
    import matplotlib.pyplot as plt

    for n in range(2):
        plt.plot([n, 1])
        plt.pause(0.001)
    plt.show()
    plt.plot([1, 2])
    plt.show()


main()
