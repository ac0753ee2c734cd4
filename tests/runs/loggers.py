import logging
import sys

handler = logging.StreamHandler(sys.stdout)
logger = logging.getLogger("golden")
logger.handlers[:] = [handler]
logger.warning("first")
logger.error("second")
logging.getLogger("elsewhere").warning("last resort")
logger.handlers.clear()
